# aryl. `make help` lists the targets; nothing needs a configure step.
#   THREADS=openmp|pool|none   what stands behind parallel work     (default openmp)
#   BUILD=dir                  where everything built goes          (default build)
#   prefix, DESTDIR            where `make install` puts it

BUILD   ?= build
THREADS ?= openmp
prefix  ?= /usr/local
CC      ?= gcc
PYTHON  ?= python3
CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers

VERSION := $(shell sed -n 's/^.define ARYL_VERSION "\([^"]*\)".*/\1/p' include/aryl/core.h)
ABI     := $(shell sed -n 's/^.define ARYL_ABI_VERSION \([0-9]*\).*/\1/p' include/aryl/core.h)
ROOMS   := $(shell cat lib/FLOORS)
SRC     := $(foreach room,$(ROOMS),$(wildcard lib/$(room)/*.c))
OBJ     := $(SRC:%.c=$(BUILD)/%.o)
CLI_SRC := $(wildcard bindings/cli/*.c)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)
# The command reads gzip where zlib is found; the library never needs it.
ZLIB    := $(shell printf '\043include <zlib.h>\n' | $(CC) -E - >/dev/null 2>&1 && echo yes)
CLI_FLAGS = -D_POSIX_C_SOURCE=200809L $(if $(ZLIB),-DARYL_CLI_ZLIB)
CLI_LIBS  = $(if $(ZLIB),-lz)
$(CLI_OBJ): private CPPFLAGS += $(CLI_FLAGS)

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

.PHONY: all objects help clean floors
all: $(BUILD)/libaryl.so $(BUILD)/libaryl.a $(BUILD)/aryl   ## the library and the command

objects: $(OBJ) $(CLI_OBJ)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

# Objects are made again when the flags change.
$(BUILD)/flags: force
	@mkdir -p $(BUILD)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@
.PHONY: force

$(BUILD)/libaryl.so.$(ABI): $(OBJ) lib/aryl.map
	$(CC) -shared -Wl,-soname,libaryl.so.$(ABI) -Wl,--version-script=lib/aryl.map -Wl,-z,nodelete $(CFLAGS) $(LDFLAGS) $(OBJ) -o $@ $(LIBS)
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
check-python check-spark conformance conformance-fuzz bench: export ARYL_LIBRARY = $(abspath $(BUILD)/libaryl.so)

.PHONY: check-python check-spark conformance conformance-fuzz bench wheel
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

bench: $(BUILD)/libaryl.so $(REFERENCE_READY)   ## speed against RDKit into docs/performance.md: N=20000
	$(REFERENCE_PYTHON) tests/bench/bench.py $(if $(N),--rows $(N)) $(FILES)

wheel:   ## a Python wheel into build/dist
	$(PYTHON) bindings/python/backend.py $(BUILD)/dist

clean:   ## everything built
	rm -rf $(BUILD)

-include $(OBJ:.o=.d) $(CLI_OBJ:.o=.d)
