# The table of readings and simplified forms: made from Debian's unicode-data.
UNICODE_DATA ?= /usr/share/unicode

$(B)/gen/db/Unihan_%.txt: $(UNICODE_DATA)/Unihan_%.txt.bz2
	@mkdir -p $(@D)
	bzcat $< > $@.part
	mv $@.part $@

$(B)/gen/db/han_table.h: db/han_table.awk db/surnames.txt db/variants.txt \
                         $(B)/gen/db/Unihan_Variants.txt $(B)/gen/db/Unihan_Readings.txt
	LC_ALL=C awk -f db/han_table.awk db/surnames.txt db/variants.txt \
	    $(B)/gen/db/Unihan_Variants.txt $(B)/gen/db/Unihan_Readings.txt > $@.part
	mv $@.part $@

$(B)/o/db/han.o: $(B)/gen/db/han_table.h
$(B)/o/db/han.o: CPPFLAGS_ALL += -I$(B)/gen
