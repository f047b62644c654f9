# make            build/yufu, the web pages and the face model (release)
# make run        install what is missing, build, start the demo city
# make test       install what is missing, build, run every test
# make quick      the fast part of the tests       make bench   figures beside their limits
# make fuzz       each fuzzer FUZZ_SECONDS (30)    make lint    layers, format, clang-tidy, types
# make check      lint and test: what CI runs      make install DESTDIR= PREFIX=/usr/local
# make BUILD=debug|san|release|fuzz picks another build of the C code
BUILD   ?= release
OUT     := build/$(BUILD)
PKGS    := openssl libsodium libmicrohttpd sqlite3 jansson libturbojpeg libcurl inih zlib libqrencode libseccomp
STD     := -std=gnu17 -Isrc -Iinclude
WERROR  ?= -Werror
WARN    := -Wall -Wextra $(WERROR) -Wshadow -Wconversion -Wsign-conversion \
           -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wwrite-strings \
           -Wvla -Wimplicit-fallthrough -Wswitch-enum -Wundef
HARDEN  := -fstack-protector-strong -fno-common
MODE_debug   := -Og -g3
MODE_san     := -O1 -g3 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_release := -O2 -g -D_FORTIFY_SOURCE=2 -fPIE -ffunction-sections -fdata-sections
MODE_fuzz    := -O1 -g3 -fsanitize=fuzzer-no-link,address,undefined
LINK_release := -pie -Wl,--gc-sections -Wl,-z,relro,-z,now
PKG_CFLAGS   = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS     = $(shell pkg-config --libs $(PKGS))
CFLAGS  += $(STD) $(WARN) $(HARDEN) $(MODE_$(BUILD)) $(PKG_CFLAGS) -MMD -MP
LDFLAGS += $(MODE_$(BUILD)) $(LINK_$(BUILD))
LDLIBS   = $(PKG_LIBS) -lpthread -lm

SRC   := $(wildcard src/*/*.c)
MAIN  := src/cli/main.c
LIB   := $(OUT)/libyufu-all.a
TESTS := $(patsubst tests/unit/%.c,$(OUT)/test/%,$(wildcard tests/unit/*_test.c))
FUZZ  := $(patsubst tests/fuzz/%.c,$(OUT)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
SUPPORT := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/support/*.c))

all: build/yufu
bin: $(OUT)/yufu
$(LIB): $(patsubst %.c,$(OUT)/%.o,$(filter-out $(MAIN),$(SRC)))
	@rm -f $@ && $(AR) rcs $@ $^
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) -c -o $@ $<
$(OUT)/yufu: $(OUT)/src/cli/main.o $(LIB)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
build/yufu: build/release/yufu
	@strip -o $@ $<
ifneq ($(BUILD),release)
build/release/yufu:
	$(MAKE) BUILD=release $@
endif
$(OUT)/src/face/kernel_avx2.o: CFLAGS += -mavx2 -mfma

$(OUT)/test/%: $(OUT)/tests/unit/%.o $(SUPPORT) $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

unit: $(TESTS)
	tests/run-unit $(TESTS)
WEB := $(shell find web -type f 2>/dev/null)
web: build/web/.done
build/web/.done: $(WEB) package-lock.json
	@echo "  WEB build/web"
	@node web/build.mjs && touch $@
web-types:
	node_modules/.bin/tsc -p web
web-test:
	node --test tests/web/
clean:
	rm -rf build
.PHONY: all bin unit clean web web-types web-test
.SECONDARY:
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
