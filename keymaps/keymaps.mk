# The standard keymap is compiled in as well: a missing folder must not lock anyone out.
$(B)/gen/keymaps/builtin.c: keymaps/default.keys keymaps/keymaps.mk
	@mkdir -p $(@D)
	@{ echo '#include "keymaps/keymap_private.h"'; \
	   echo 'const unsigned char keymap_builtin_default[] = {'; \
	   od -An -v -tu1 $< | sed 's/^ *//; s/  */,/g; s/$$/,/'; \
	   echo '};'; \
	   echo 'const size_t keymap_builtin_default_length = sizeof keymap_builtin_default;'; \
	 } > $@.new
	@mv $@.new $@

$(B)/o/keymaps/builtin.o: $(B)/gen/keymaps/builtin.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(call lib,keymaps): $(B)/o/keymaps/builtin.o

# A program in a build tree finds the keymaps beside itself, and sees them as they are edited.
$(B)/keymaps:
	@mkdir -p $(@D)
	@ln -sfn $(CURDIR)/keymaps $@

$(B)/huiliu: | $(B)/keymaps
