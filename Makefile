# aryl. `make help` lists the targets; nothing needs a configure step.
#   THREADS=openmp|pool|none   what stands behind parallel work     (default openmp, pool where the compiler has none)
#   ZLIB=yes|no                the command reads .gz files          (default: whether zlib can be linked)
#   BUILD=dir                  where everything built goes          (default build)
#   prefix, DESTDIR            where `make install` puts it

BUILD   ?= build
prefix  ?= /usr/local
bindir     = $(prefix)/bin
libdir     = $(prefix)/lib
includedir = $(prefix)/include
ifeq ($(origin CC),default)
CC = gcc
endif
ifeq ($(origin CXX),default)
CXX = g++
endif
PYTHON  ?= python3
CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers

# $(call links,HEADER,FLAGS): yes if a program that includes it can be made
links = $(shell mkdir -p $(BUILD) && echo 'int main(void) { return 0; }' | $(CC) -include $(1) -xc - $(2) -o $(BUILD)/probe \
          2>/dev/null && echo yes || echo no; rm -f $(BUILD)/probe)
ifneq ($(filter-out help clean floors,$(or $(MAKECMDGOALS),all)),)
ifndef THREADS
THREADS := $(if $(filter yes,$(call links,omp.h,-fopenmp)),openmp,pool)
endif
ifndef ZLIB
ZLIB := $(call links,zlib.h,-lz)
ifneq ($(ZLIB),yes)
$(info zlib was not found: the command is built without reading .gz files)
endif
endif
endif

VERSION := $(shell sed -n 's/^.define ARYL_VERSION "\([^"]*\)".*/\1/p' include/aryl/core.h)
ABI     := $(shell sed -n 's/^.define ARYL_ABI_VERSION \([0-9]*\).*/\1/p' include/aryl/core.h)
ROOMS   := $(shell cat lib/FLOORS)
SRC     := $(foreach room,$(ROOMS),$(wildcard lib/$(room)/*.c))
OBJ     := $(SRC:%.c=$(BUILD)/%.o)
CLI_SRC := $(wildcard bindings/cli/*.c)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)

# Contraction would change the last bit of descriptors; vectors of floats are not worth that.
ALL_CFLAGS = -std=c11 -fvisibility=hidden -fPIC -ffp-contract=off -MMD -MP $(WARN) -Iinclude -Ilib $(CFLAGS) $(CPPFLAGS)
LIBS       = -lm
ifeq ($(THREADS),openmp)
ALL_CFLAGS += -fopenmp -DARYL_THREADS_OPENMP
LIBS       += -fopenmp -lpthread -ldl
else ifeq ($(THREADS),pool)
ALL_CFLAGS += -DARYL_THREADS_POOL
LIBS       += -lpthread
else
ALL_CFLAGS += -DARYL_THREADS_NONE
endif
CLI_CFLAGS = -D_POSIX_C_SOURCE=200809L   # clocks, terminals; the library asks only for C11
ifeq ($(ZLIB),yes)
CLI_CFLAGS += -DHAVE_ZLIB
CLI_LIBS   = -lz
endif
$(CLI_OBJ): ROOM_CFLAGS = $(CLI_CFLAGS)

.PHONY: all objects help clean
all: $(BUILD)/libaryl.so $(BUILD)/libaryl.a $(BUILD)/aryl   ## the library and the command

objects: $(OBJ) $(CLI_OBJ)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ROOM_CFLAGS) -c $< -o $@

# Objects are made again when the flags change.
$(BUILD)/flags: force
	@mkdir -p $(BUILD)
	@echo '$(CC) $(ALL_CFLAGS) $(CLI_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(CLI_CFLAGS)' > $@
.PHONY: force

# A sanitizer's own functions are found when the program starts.
DEFS = $(if $(findstring -fsanitize,$(CFLAGS)),,-Wl,-z,defs)
$(BUILD)/libaryl.so.$(ABI): $(OBJ) lib/aryl.map
	$(CC) -shared -Wl,-soname,libaryl.so.$(ABI) -Wl,--version-script=lib/aryl.map -Wl,-z,nodelete $(DEFS) $(CFLAGS) $(LDFLAGS) $(OBJ) -o $@ $(LIBS)
$(BUILD)/libaryl.so: $(BUILD)/libaryl.so.$(ABI)
	ln -sf libaryl.so.$(ABI) $@

# One relocatable object whose hidden symbols are made local, so that a static link exposes nothing more than the shared one.
$(BUILD)/libaryl.a: $(OBJ)
	$(LD) -r $(OBJ) -o $(BUILD)/aryl-all.o
	objcopy --localize-hidden $(BUILD)/aryl-all.o
	rm -f $@
	$(AR) rcs $@ $(BUILD)/aryl-all.o

$(BUILD)/aryl: $(CLI_OBJ) $(BUILD)/libaryl.a
	$(CC) $(CFLAGS) $(LDFLAGS) $(CLI_OBJ) $(BUILD)/libaryl.a -o $@ $(LIBS) $(CLI_LIBS)

# ---- installing

$(BUILD)/aryl.pc: lib/aryl.pc.in include/aryl/core.h $(BUILD)/flags force
	@sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' -e 's|@includedir@|$(includedir)|' \
	     -e 's|@version@|$(VERSION)|' -e 's|@libs@|$(LIBS)|' lib/aryl.pc.in > $@

.PHONY: install uninstall
install: all $(BUILD)/aryl.pc   ## headers, libraries, aryl.pc and the command under $(DESTDIR)$(prefix)
	install -d $(DESTDIR)$(includedir)/aryl $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(bindir)
	install -m 644 include/aryl.h $(DESTDIR)$(includedir)
	install -m 644 include/aryl/*.h $(DESTDIR)$(includedir)/aryl
	install -m 755 $(BUILD)/libaryl.so.$(ABI) $(DESTDIR)$(libdir)
	ln -sf libaryl.so.$(ABI) $(DESTDIR)$(libdir)/libaryl.so
	install -m 644 $(BUILD)/libaryl.a $(DESTDIR)$(libdir)
	install -m 644 $(BUILD)/aryl.pc $(DESTDIR)$(libdir)/pkgconfig
	install -m 755 $(BUILD)/aryl $(DESTDIR)$(bindir)

uninstall:   ## what install put there
	rm -rf $(DESTDIR)$(includedir)/aryl
	rm -f $(DESTDIR)$(includedir)/aryl.h $(DESTDIR)$(libdir)/libaryl.so $(DESTDIR)$(libdir)/libaryl.so.$(ABI) \
	      $(DESTDIR)$(libdir)/libaryl.a $(DESTDIR)$(libdir)/pkgconfig/aryl.pc $(DESTDIR)$(bindir)/aryl

# ---- C tests: each check_*.c is a program over the library's objects, so that it reaches what the library hides

CHECK_SRC  := $(wildcard tests/check_*.c)
CHECKS     := $(CHECK_SRC:%.c=$(BUILD)/%)
CHECK_LIBS  = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck)

$(BUILD)/tests/check_%: tests/check_%.c $(BUILD)/tests/support.o $(BUILD)/rooms.a $(BUILD)/libcheck
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(TEST_CFLAGS) $< $(BUILD)/tests/support.o $(BUILD)/rooms.a -o $@ $(LDFLAGS) $(CHECK_LIBS) $(LIBS)

# An archive of all objects: a program takes from it the rooms that it tests.
$(BUILD)/rooms.a: $(OBJ)
	@rm -f $@
	rm -f $@   # an archive keeps members whose sources are gone
	$(AR) rcsT $@ $^
$(BUILD)/tests/support.o: ROOM_CFLAGS = $(TEST_CFLAGS)
TEST_CFLAGS = -D_GNU_SOURCE -Itests

FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
$(BUILD)/tests/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/driver.c tests/fuzz/rows.h tests/fuzz/fuzz.h $(BUILD)/rooms.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(TEST_CFLAGS) -MF $@.d $(filter %.c %.a,$^) -o $@ $(LDFLAGS) $(LIBS)

$(BUILD)/libcheck:
	@$(if $(filter yes,$(call links,check.h,$(CHECK_LIBS))),touch $@,\
	  echo 'libcheck is needed by the C tests and was not found (Debian, Ubuntu: apt-get install check pkg-config)' >&2; exit 1)

.PHONY: checks check floors abi headers examples test check-all regen
checks: $(CHECKS) $(FUZZERS)

check: checks   ## the C tests, in seconds
	@tests/run.sh $(BUILD) check

floors:   ## what each room may include and call (lib/FLOORS)
	@tests/floors.sh .

abi: all   ## exported symbols and layouts of structs against tests/abi
	@CC='$(CC)' tests/abi/check.sh $(BUILD)

headers:   ## every header alone, the public ones as C11 and as C++
	@CC='$(CC)' CXX='$(CXX)' tests/headers.sh

examples: all   ## installed into a scratch prefix, the examples are compiled by pkg-config and run
	@MAKE='$(MAKE)' CC='$(CC)' tests/examples.sh $(BUILD)

test:   ## everything that must hold before a change lands; installs what it needs
	@MAKE='$(MAKE)' PYTHON='$(PYTHON)' tests/run.sh $(BUILD) test

check-all:   ## what a release passes: both compilers, sanitizers, every kernel set, failing allocations (half an hour and more)
	@MAKE='$(MAKE)' PYTHON='$(PYTHON)' tests/run.sh $(BUILD) all

regen: $(REFERENCE_READY)   ## generated tables, from the scripts beside them
	@for script in $$(find lib -name '*_gen.py'); do \
	    echo $$script; $(REFERENCE_PYTHON) $$script > $(BUILD)/table && mv $(BUILD)/table $${script%.py}.h || exit 1; done

# ---- Python: its tests, and the comparison with the reference, in environments of their own

$(BUILD)/venv-%/ready: tests/requirements/%.txt
	$(PYTHON) -m venv $(BUILD)/venv-$*
	$(BUILD)/venv-$*/bin/python -m pip install -q --disable-pip-version-check -r $<
	touch $@

ifndef REFERENCE_PYTHON   # an interpreter that has tests/requirements/reference.txt already may be named
REFERENCE_PYTHON = $(BUILD)/venv-reference/bin/python
REFERENCE_READY  = $(BUILD)/venv-reference/ready
endif
ifndef TEST_PYTHON        # the same for tests/requirements/python.txt
TEST_PYTHON = $(BUILD)/venv-python/bin/python
TEST_READY  = $(BUILD)/venv-python/ready
endif
check-python check-spark conformance conformance-fuzz conformance-smarts bench: export ARYL_LIBRARY = $(abspath $(BUILD)/libaryl.so)

.PHONY: check-python check-spark conformance conformance-fuzz conformance-smarts bench bench-memory bench-profile wheel check-wheel
check-python: $(BUILD)/libaryl.so $(TEST_READY)   ## tests of the Python package
	$(TEST_PYTHON) -m pytest -q -p no:cacheprovider tests/python

# Spark is large and slow to start, so it has a target and an environment of its own.
check-spark: $(BUILD)/libaryl.so $(BUILD)/venv-spark/ready   ## tests of the Spark functions (needs Java 17)
	$(BUILD)/venv-spark/bin/python -m pytest -q -p no:cacheprovider tests/python/test_spark.py

CONFORMANCE = $(REFERENCE_PYTHON) tests/conformance/run.py --cache $(BUILD)/conformance-cache $(FILES) \
  $(if $(ONLY),--only '$(ONLY)') $(if $(SKIP),--skip '$(SKIP)') $(CONFORMANCE_FLAGS)
conformance: $(BUILD)/libaryl.so $(REFERENCE_READY)   ## compare with RDKit: FILES="a.smi dir" N=1000 ONLY=graph,ecfp* SKIP=desc
	$(CONFORMANCE) $(if $(N),--rows $(N))
conformance-fuzz: $(BUILD)/libaryl.so $(REFERENCE_READY)   ## the same on edited strings: N=100000 SEED=1
	$(CONFORMANCE) --mutants $(or $(N),100000) --seed $(or $(SEED),1) $(if $(ONLY),,--only 'graph,ecfp radius=2 bits=2048*')

conformance-smarts: $(BUILD)/libaryl.so $(REFERENCE_READY)   ## ordered match lists of RDKit's tables and further patterns: N=200
	$(REFERENCE_PYTHON) tests/conformance/smarts.py $(if $(N),--rows $(N)) $(FILES)

bench: $(BUILD)/libaryl.so $(REFERENCE_READY)   ## speed against RDKit into docs/performance.md: N=20000
	$(REFERENCE_PYTHON) tests/bench/bench.py $(if $(N),--rows $(N)) $(FILES)

# The first compares with other engines, some 15 minutes; the others need memory (12 GB) and patience, and are run when searching changes.
BENCH_SEARCH = ARYL_LIBRARY=$(abspath $(BUILD)/libaryl.so) $(BUILD)/venv-search/bin/python tests/bench/
bench-search bench-search-large bench-search-proof: $(BUILD)/libaryl.so $(BUILD)/tests/plain_pairs $(BUILD)/venv-search/ready
bench-search: $(BUILD)/tests/bench_kernels   ## search against other engines into docs/performance-search.md: N=1000000
	$(BENCH_SEARCH)search.py --rows $(or $(N),1000000) --build $(BUILD)
bench-search-large:   ## ten million rows into docs/performance-search-large.md: N=10000000
	$(BENCH_SEARCH)search_large.py --rows $(or $(N),10000000)
bench-search-proof:   ## all pairs of a million rows against a plain loop into docs/performance-search-proof.md
	$(BENCH_SEARCH)search.py --proof --rows $(or $(N),1000000) --build $(BUILD)
$(BUILD)/tests/plain_pairs: tests/bench/plain_pairs.c
	@mkdir -p $(@D)
	$(CC) -O3 -march=native -mprefer-vector-width=512 -std=gnu11 $(WARN) $< -o $@
$(BUILD)/tests/bench_kernels: tests/bench/kernels.c $(BUILD)/rooms.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(TEST_CFLAGS) $< $(BUILD)/rooms.a -o $@ $(LDFLAGS) $(LIBS)
check-neon:   ## the NEON kernels under an emulator (needs a cross compiler and qemu-user)
	sh tests/cross/neon.sh $(BUILD)/neon
.PHONY: bench-search bench-search-large bench-search-proof check-neon
bench-large: $(BUILD)/libaryl.so   ## descriptors of molecules of 200 to 1000 atoms into docs/performance.md
	ARYL_LIBRARY=$(abspath $(BUILD)/libaryl.so) $(TEST_PYTHON) tests/bench/large.py

bench-memory: $(BUILD)/aryl   ## memory of a large file on its way to FPS: N=1000000
	$(PYTHON) tests/bench/memory.py $(BUILD)/aryl $(if $(N),--rows $(N))

bench-profile: $(BUILD)/aryl   ## instructions by room and function into docs/performance.md (needs valgrind): N=2000
	$(PYTHON) tests/bench/profile.py $(BUILD)/aryl $(if $(N),--rows $(N))

wheel:   ## a Python wheel into build/dist
	rm -rf $(BUILD)/dist
	$(PYTHON) bindings/python/backend.py $(BUILD)/dist
check-wheel: wheel   ## the Python tests against the wheel, in an environment made for it
	rm -rf $(BUILD)/venv-wheel
	$(PYTHON) -m venv $(BUILD)/venv-wheel
	$(BUILD)/venv-wheel/bin/python -m pip install -q --disable-pip-version-check -r tests/requirements/python.txt $(BUILD)/dist/*.whl
	ARYL_TEST_INSTALLED=1 $(BUILD)/venv-wheel/bin/python -m pytest -q -p no:cacheprovider tests/python

# ---- the rest

.PHONY: demo docs check-docs
demo: all   ## a short tour over some hundred drugs
	@BUILD=$(BUILD) examples/demo.sh

docs: all   ## docs/descriptors.md, which the library's registry prints
	$(BUILD)/aryl list desc --markdown > docs/descriptors.md

check-docs: all   ## what the documentation names is there, its programs compile
	@CC='$(CC)' tests/docs.sh $(BUILD)

clean:   ## everything built
	rm -rf $(BUILD)

help:   ## this list
	@sed -n 's/^#   \([A-Z]\)/  \1/p' Makefile
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

-include $(OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(CHECKS:=.d) $(FUZZERS:=.d) $(BUILD)/tests/support.d
