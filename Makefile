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

clean:   ## everything built
	rm -rf $(BUILD)

-include $(OBJ:.o=.d) $(CLI_OBJ:.o=.d)
