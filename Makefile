# make            build/yufu, the web pages and the face model (release)
# make run        install what is missing, build, start the demo city
# make test       install what is missing, build, run every test
# make quick      the fast part of the tests       make bench   figures beside their limits
# make fuzz       each fuzzer FUZZ_SECONDS (30)    make lint    layers, documents, format, clang-tidy, types
# make check      lint and test: what CI runs      make install DESTDIR= PREFIX=/usr/local
# make BUILD=debug|san|tsan|release|fuzz picks another build of the C code
BUILD   ?= release
PREFIX  ?= /usr/local
OUT     := build/$(BUILD)
PKGS    := openssl libmicrohttpd sqlite3 libturbojpeg libcurl inih zlib libqrencode libseccomp libutf8proc
STD     := -std=gnu17 -Isrc -Iinclude
WERROR  ?= -Werror
WARN    := -Wall -Wextra $(WERROR) -Wshadow -Wconversion -Wsign-conversion \
           -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wwrite-strings \
           -Wvla -Wimplicit-fallthrough -Wswitch-enum -Wundef
HARDEN  := -fstack-protector-strong -fno-common
MODE_debug   := -Og -g3
MODE_san     := -O1 -g3 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_tsan    := -O1 -g3 -fsanitize=thread
MODE_release := -O2 -g -D_FORTIFY_SOURCE=2 -fPIE -ffunction-sections -fdata-sections
MODE_fuzz    := -O1 -g3 -fsanitize=fuzzer-no-link,address,undefined
MODE_aarch64 := -O2
LINK_aarch64 := -static
LINK_release := -pie -Wl,--gc-sections -Wl,-z,relro,-z,now
PKG_CFLAGS  := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS    := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
CFLAGS  += $(STD) $(WARN) $(HARDEN) $(MODE_$(BUILD)) $(PKG_CFLAGS) -MMD -MP
LDFLAGS += $(MODE_$(BUILD)) $(LINK_$(BUILD))
LDLIBS   = $(PKG_LIBS) -lpthread -lm

# The processor that is built for decides which kernels of the face engine are
# in: src/face/kernel.c lists them.
ARCH  := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
KERNELS_x86_64  := %/kernel_avx2.c %/kernel_avx512.c
KERNELS_aarch64 := %/kernel_neon.c
NOT_HERE := $(filter-out $(KERNELS_$(ARCH)),$(KERNELS_x86_64) $(KERNELS_aarch64))
SRC   := $(filter-out $(NOT_HERE),$(wildcard src/*/*.c))
MAIN  := src/cli/main.c
LIB   := $(OUT)/libyufu-all.a
# libyufu, for others to embed: src/lib and what it needs of these folders.
EMBED_SRC := $(foreach d,lib base codec crypto credential openid,$(wildcard src/$(d)/*.c))
EMBED_OBJ := $(EMBED_SRC:%.c=$(OUT)/%.o)
EMBED_LIBS := $(shell pkg-config --libs libcrypto zlib 2>/dev/null)
VERSION := $(shell sed -n 's/^.define YF_VERSION "\(.*\)"/\1/p' src/base/version.h)
SONAME  := libyufu.so.0
TESTS := $(patsubst tests/unit/%.c,$(OUT)/test/%,$(wildcard tests/unit/*_test.c))
FUZZ  := $(patsubst tests/fuzz/%.c,$(OUT)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
SUPPORT := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/support/*.c))

all: build/yufu build/web/.done build/face.model build/demo/.done build/types/.done library
bin: $(OUT)/yufu
$(LIB): $(patsubst %.c,$(OUT)/%.o,$(filter-out $(MAIN),$(SRC))) $(OUT)/gen/migrations.o
	@rm -f $@ && $(AR) rcs $@ $^
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) -c -o $@ $<
# The folder counts too: a file taken away is a change.
$(OUT)/gen/migrations.c: tools/embed-sql $(wildcard sql) $(wildcard sql/*.sql)
	@mkdir -p $(@D)
	@tools/embed-sql $(sort $(wildcard sql/*.sql)) >$@
$(OUT)/gen/migrations.o: $(OUT)/gen/migrations.c
	@echo "  CC $<"
	@$(CC) $(CFLAGS) -c -o $@ $<
# The same objects are in the program and in the shared library.
$(EMBED_OBJ): CFLAGS += -fPIC -fvisibility=hidden
$(EMBED_OBJ): Makefile
# Linked before it is an archive, so that no name but yufu_* is in anybody's way.
$(OUT)/libyufu.a: $(EMBED_OBJ)
	@echo "  AR $@"
	@rm -f $@ $(OUT)/embed.a && $(AR) rcs $(OUT)/embed.a $(filter-out $(OUT)/src/lib/%,$^)
	@$(LD) -r -o $(OUT)/libyufu.o $(filter $(OUT)/src/lib/%,$^) $(OUT)/embed.a
	@objcopy --localize-hidden --strip-debug $(OUT)/libyufu.o
	@$(AR) rcs $@ $(OUT)/libyufu.o
$(OUT)/$(SONAME): $(OUT)/libyufu.a src/lib/libyufu.map
	@echo "  LD $@"
	@$(CC) $(MODE_$(BUILD)) -shared -o $@ -Wl,-soname,$(SONAME) -Wl,--version-script=src/lib/libyufu.map \
		-Wl,--gc-sections -Wl,-z,relro,-z,now,-z,nodelete,-z,defs \
		-Wl,--whole-archive $(OUT)/libyufu.a -Wl,--no-whole-archive $(EMBED_LIBS)
	@strip --strip-unneeded $@
library: build/$(SONAME) build/libyufu.a
build/$(SONAME) build/libyufu.a: build/%: build/release/%
	@cp $< $@
$(OUT)/yufu: $(OUT)/src/cli/main.o $(LIB)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
build/yufu: build/release/yufu
	@strip -o $@ $<
ifneq ($(BUILD),release)
build/release/yufu build/release/$(SONAME) build/release/libyufu.a:
	$(MAKE) BUILD=release $@
endif
# The arithmetic of the face engine, and of who stands before the camera: optimised in every build, or tests crawl.
FLAGS_AVX2   := -mavx2 -mfma
FLAGS_AVX512 := -mavx512f -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512
$(OUT)/src/face/kernel_%.o: CFLAGS += -O2
$(OUT)/src/face/sample.o: CFLAGS += -O3
$(patsubst %,$(OUT)/src/face/%.o,compare measure quality): CFLAGS += -O2
$(patsubst %,$(OUT)/src/demo/%.o,head mesh raster): CFLAGS += -O2
$(OUT)/src/face/kernel_avx2.o: CFLAGS += $(FLAGS_AVX2)
$(OUT)/src/face/kernel_avx512.o: CFLAGS += $(FLAGS_AVX512)
# Packed once; `yufu face pack` checks what it reads.
FACE_API := node_modules/@vladmandic/face-api
build/face.model: $(FACE_API)/package.json src/face/pack.c src/face/plan.h src/face/plan_make.c | build/yufu
	@echo "  PACK $@"
	@build/yufu face pack $(FACE_API) $@ >/dev/null

$(OUT)/test/%: $(OUT)/tests/unit/%.o $(SUPPORT) $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ -ljansson $(LDLIBS)
$(OUT)/tests/face/%: $(OUT)/tests/face/%.o $(LIB)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/tests/bench/face_faces: $(OUT)/tests/bench/face_faces.o $(OUT)/tests/support/picture.o $(LIB)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
# The kernels alone, which a foreign processor can run: tests/face/neon.test.mjs.
$(OUT)/tests/face/kernels: $(patsubst %.c,$(OUT)/%.o,tests/face/kernels.c tests/support/kernel_check.c \
		src/face/map.c src/face/compare.c src/base/secret.c $(filter src/face/kernel%.c,$(SRC)))
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lm
# What several pictures of a probe gain: tests/bench/run.
$(OUT)/tests/bench/face_frames: $(OUT)/tests/bench/face_frames.o $(LIB)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
face-bench: build/release/tests/bench/face_faces build/release/tests/face/plan build/yufu build/face.model
	@node tests/bench/face_bench.mjs build/yufu $< build/face.model
	@node tests/bench/onnx_bench.mjs build/yufu build/release/tests/face/plan \
		../shared/models/MobileFaceNet.onnx models/mobilefacenet.ini 112
.PHONY: face-bench

# Credential types, where the program looks for them.
TYPES := $(wildcard types/*.json)
build/types/.done $(OUT)/types/.done: $(TYPES) $(wildcard types)
	@rm -rf $(@D) && mkdir -p $(@D) && cp $(TYPES) $(@D)/ && touch $@
$(TESTS): | $(OUT)/types/.done

# Sample pictures for the demo, from the npm package; never committed.
build/demo/.done: $(FACE_API)/package.json
	@mkdir -p build/demo && cp $(FACE_API)/demo/sample[1-6].jpg build/demo/ && touch $@

# Engines for `yufu face conform` to try, and the one that vendors start from: one line of cc each.
ENGINES := $(patsubst tests/engines/%.c,build/engines/%.so,$(wildcard tests/engines/*.c)) build/engines/example.so
ENGINE_CC = @mkdir -p $(@D) && echo "  CC $@" && $(CC) -std=gnu17 -O1 -fPIC -shared -fvisibility=hidden -Wall -Wextra $(WERROR) \
	-Wno-override-init -Iinclude -o $@ $< -lm
build/engines/example.so: examples/engine/engine.c include/yufu/face.h
	$(ENGINE_CC)
build/engines/%.so: tests/engines/%.c $(wildcard tests/engines/*.h) include/yufu/face.h
	$(ENGINE_CC)
engines: $(ENGINES)
.PHONY: engines

unit: $(TESTS)
	@for t in $(TESTS); do $$t >$$t.log 2>&1 || { tail -n 60 $$t.log; exit 1; }; done
unit-build: $(TESTS)
# --- web pages: Node builds and tests them, nothing needs it at run time ---
WEB := $(shell find web -type f 2>/dev/null)
web: build/web/.done
build/web/.done: $(WEB) package-lock.json
	@echo "  WEB build/web"
	@node web/build.mjs && touch $@
web-types:
	@node_modules/.bin/tsc -p web

# --- what people type ---
run:
	./setup --build
	$(MAKE) --no-print-directory all
	build/yufu demo --data build/demo-data
test:
	./setup
	$(MAKE) --no-print-directory all
	tests/run all
quick:
	$(MAKE) --no-print-directory all
	tests/run quick
bench: all
	tests/bench/run
fuzz-build: $(FUZZ)
fuzz:
	$(MAKE) --no-print-directory BUILD=fuzz CC=clang fuzz-build
	tests/fuzz/run $${FUZZ_SECONDS:-30}
FORMATTED := $(shell find src tests include examples -name '*.[ch]' 2>/dev/null)
TIDY := $(addprefix tidy/,$(SRC))
lint: $(OUT)/gen/migrations.c web-types $(TIDY) library
	@tools/check-layers
	@tests/doc_check >/dev/null
	@tests/lib_check >/dev/null
	@clang-format --dry-run -Werror $(FORMATTED)
$(TIDY): tidy/%: %
	@clang-tidy --quiet $< -- $(STD) $(PKG_CFLAGS) $(TIDY_FLAGS) 2>/dev/null
tidy/src/face/kernel_avx2.c: TIDY_FLAGS := $(FLAGS_AVX2)
tidy/src/face/kernel_avx512.c: TIDY_FLAGS := $(FLAGS_AVX512)
format:
	clang-format -i $(FORMATTED)
check: lint test
DESTDIR ?=
# What an embedder takes; `make install` does it too.
install-lib: library
	install -d $(DESTDIR)$(PREFIX)/include/yufu $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/share/man/man3 \
		$(DESTDIR)$(PREFIX)/share/doc/yufu/examples
	install -m 644 include/yufu/*.h $(DESTDIR)$(PREFIX)/include/yufu/
	install -m 644 build/libyufu.a $(DESTDIR)$(PREFIX)/lib/libyufu.a
	install -m 755 build/$(SONAME) $(DESTDIR)$(PREFIX)/lib/libyufu.so.$(VERSION)
	ln -sf libyufu.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/libyufu.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' src/lib/yufu.pc.in \
		>$(DESTDIR)$(PREFIX)/lib/pkgconfig/yufu.pc
	install -m 644 doc/man/*.3 $(DESTDIR)$(PREFIX)/share/man/man3/
	install -m 644 examples/gate.c examples/verify.py examples/verify.mjs $(DESTDIR)$(PREFIX)/share/doc/yufu/examples/
install: all install-lib
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/yufu $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 755 build/yufu $(DESTDIR)$(PREFIX)/bin/yufu
	install -m 644 build/face.model $(DESTDIR)$(PREFIX)/share/yufu/face.model
	install -d $(DESTDIR)$(PREFIX)/share/yufu/models
	install -m 644 models/* $(DESTDIR)$(PREFIX)/share/yufu/models/
	cp -r build/web build/demo build/types $(DESTDIR)$(PREFIX)/share/yufu/
	rm -f $(DESTDIR)$(PREFIX)/share/yufu/web/.done $(DESTDIR)$(PREFIX)/share/yufu/demo/.done \
		$(DESTDIR)$(PREFIX)/share/yufu/types/.done
	install -m 644 doc/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 doc/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	sed 's|@PREFIX@|$(PREFIX)|' doc/yufu.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/yufu.service
clean:
	rm -rf build
.PHONY: library install-lib
.PHONY: all bin unit unit-build web web-types run test quick bench fuzz fuzz-build lint format check install clean $(TIDY)
.SECONDARY:
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
