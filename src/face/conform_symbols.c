#define _DEFAULT_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "face/conform_lab.h"

/*
 * Names in the table of exported symbols of an ELF file.  The file is a
 * stranger's, and it may have been loaded already; every offset is checked
 * against its length all the same.
 */

static const char *const words[] = { "identify",   "search", "emotion",
				     "gender",     "ethnic", "stream",
				     "one_to_many" };

static bool is_inside(yf_bytes file, uint64_t at, uint64_t len)
{
	return at <= file.len && len <= file.len - at;
}

static bool is_bad(const char *name, size_t room)
{
	if (!memchr(name, 0, room))
		return false;
	for (size_t i = 0; i < YF_COUNT(words); i++)
		if (strstr(name, words[i]))
			return true;
	return false;
}

/* The sections are headers[0..count); strings are in the one it links to. */
static bool find_in(yf_bytes file, const Elf64_Shdr *table,
		    const Elf64_Shdr *strings, char *out, size_t room)
{
	if (!is_inside(file, table->sh_offset, table->sh_size) ||
	    !is_inside(file, strings->sh_offset, strings->sh_size))
		return false;
	for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= table->sh_size;
	     at += sizeof(Elf64_Sym)) {
		Elf64_Sym symbol;

		memcpy(&symbol, file.ptr + table->sh_offset + at,
		       sizeof(symbol));
		if (symbol.st_shndx == SHN_UNDEF ||
		    symbol.st_name >= strings->sh_size)
			continue;
		const char *name = (const char *)file.ptr + strings->sh_offset +
				   symbol.st_name;
		if (is_bad(name, strings->sh_size - symbol.st_name)) {
			snprintf(out, room, "%s", name);
			return true;
		}
	}
	return false;
}

static bool find(yf_bytes file, char *out, size_t room)
{
	Elf64_Ehdr head;
	Elf64_Shdr table, strings;

	if (file.len < sizeof(head))
		return false;
	memcpy(&head, file.ptr, sizeof(head));
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    !is_inside(file, head.e_shoff,
		       (uint64_t)head.e_shnum * sizeof(table)))
		return false;
	for (uint32_t i = 0; i < head.e_shnum; i++) {
		memcpy(&table, file.ptr + head.e_shoff + i * sizeof(table),
		       sizeof(table));
		if (table.sh_type != SHT_DYNSYM ||
		    table.sh_link >= head.e_shnum)
			continue;
		memcpy(&strings,
		       file.ptr + head.e_shoff + table.sh_link * sizeof(table),
		       sizeof(strings));
		if (find_in(file, &table, &strings, out, room))
			return true;
	}
	return false;
}

bool yf_lab_find_symbol(const char *path, char *out, size_t room)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	bool found = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &info) == 0 && info.st_size > 0) {
		const size_t len = (size_t)info.st_size;
		void *at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (at != MAP_FAILED) {
			found = find((yf_bytes){ at, len }, out, room);
			munmap(at, len);
		}
	}
	close(fd);
	return found;
}
