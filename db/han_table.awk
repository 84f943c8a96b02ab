# Makes db's table of Chinese characters from Unicode's Unihan database (Debian: unicode-data).
#
#   awk -f db/han_table.awk SURNAMES STANDARD VARIANTS READINGS > han_table.h
#
# SURNAMES   db/surnames.txt: readings that names have and dictionaries leave out; "!" is before one
#            that is the usual one in names
# STANDARD   db/variants.txt: characters that stand for another one
# VARIANTS   Unihan_Variants.txt, uncompressed: kSimplifiedVariant
# READINGS   Unihan_Readings.txt, uncompressed
#
# Readings of a character: the usual one in names, kMandarin's first, then all of kTGHZ2013 (the readings of the standard
# dictionary); where that has none, the character is rare and people read it in their own way: all
# of kXHC1983, kMandarin and kHanyuPinyin. Then those of SURNAMES. A simplified form that the standard
# dictionary does not have takes over the first reading of each character it stands for, and all of
# them when it has none itself: many were made by analogy, and it is the simplified form that is
# looked up.
# Tones are dropped, u with diaeresis is written as v, as u and, as in passports, as yu. At most
# READINGS_MAX.
# Works byte by byte, as mawk does.

BEGIN {
    READINGS_MAX = 5
    print "/* Made by db/han_table.awk from Unihan. */"
}

function fail(message)
{
    print FILENAME ": " message > "/dev/stderr"
    failed = 1
    exit 1
}

function plain(text)
{
    gsub(/ā|á|ǎ|à/, "a", text)
    gsub(/ē|é|ě|è/, "e", text)
    gsub(/ī|í|ǐ|ì/, "i", text)
    gsub(/ō|ó|ǒ|ò/, "o", text)
    gsub(/ū|ú|ǔ|ù/, "u", text)
    gsub(/ǖ|ǘ|ǚ|ǜ|ü/, "v", text)
    return text
}

function hex(text,    i, value)
{
    value = 0
    for (i = 1; i <= length(text); i++)
        value = value * 16 + index("0123456789ABCDEF", substr(text, i, 1)) - 1
    return value
}

function add(code, syllable,    n, i, passport)
{
    if (syllable !~ /^[a-z]+$/ || length(syllable) > 6 || syllable !~ /[aeiouv]/)
        return
    n = count[code]
    for (i = 1; i <= n; i++)
        if (reading[code, i] == syllable)
            return
    if (n >= READINGS_MAX)
        return
    count[code] = n + 1
    reading[code, n + 1] = syllable
    if (syllable ~ /^[ln]v/) {
        passport = syllable
        sub(/v/, "u", syllable)
        sub(/v/, "yu", passport)
        add(code, syllable)
        add(code, passport)
    }
}

function add_list(code, list,    parts, n, i)
{
    n = split(list, parts, /[ ,]+/)
    for (i = 1; i <= n; i++) {
        sub(/^.*:/, "", parts[i])
        sub(/\(.*$/, "", parts[i])
        add(code, plain(parts[i]))
    }
}

# The readings of SURNAMES, those with a mark or the others.
function add_surname(code, marked,    parts, n, k)
{
    n = split(surname_line[code], parts, /[ \t]+/)
    for (k = 2; k <= n && parts[k] !~ /^#/; k++)
        if ((parts[k] ~ /^!/) == marked)
            add(code, substr(parts[k], 1 + marked))
}

# The simplified form `to` is what is looked up for `from`. Both are numbers.
function inherit(from, to,    code, bare, k)
{
    if (!(from in at))
        return
    if (!(to in at)) {
        code = sprintf("%04X", to)
        at[to] = code
        order[++codes] = code
    }
    code = at[to]
    if ((code, "kTGHZ2013") in source)
        return
    bare = count[code] == 0 || (code in bare_before)
    if (bare)
        bare_before[code] = 1
    for (k = 1; k <= (bare ? count[at[from]] : 1); k++)
        add(code, reading[at[from], k])
}

FILENAME != current { current = FILENAME; file++ }

file == 1 {
    if ($0 !~ /^#/ && NF >= 2) {
        surname_line[$1] = $0
        surnames++
    }
    next
}

file == 2 {
    if ($0 !~ /^#/ && NF >= 2) {
        simple_from[++simples] = hex($1)
        simple_to[simples] = hex($2)
        standard[hex($1)] = 1
    }
    next
}

file == 3 && $2 == "kSimplifiedVariant" {
    # The first that is another character; a character that is also itself simplified stays.
    target = ""
    itself = 0
    for (i = 3; i <= NF; i++) {
        if ($i == $1)
            itself = 1
        else if (target == "")
            target = $i
    }
    if (target != "" && !itself && !(hex(substr($1, 3)) in standard)) {
        simple_from[++simples] = hex(substr($1, 3))
        simple_to[simples] = hex(substr(target, 3))
    }
    next
}

file == 4 && /^U\+/ {
    code = substr($1, 3)
    if ($2 ~ /^(kMandarin|kTGHZ2013|kXHC1983|kHanyuPinyin)$/) {
        list = $0
        sub(/^[^\t]*\t[^\t]*\t/, "", list)
        source[code, $2] = list
        if (!(code in seen)) {
            seen[code] = 1
            order[++codes] = code
        }
    }
}

END {
    if (failed)
        exit 1
    if (surnames < 10 || simples < 5000 || codes < 40000)
        fail("the Unihan files are incomplete")
    for (i = 1; i <= codes; i++) {
        code = order[i]
        add_surname(code, 1)
        first = source[code, "kMandarin"]
        sub(/ .*/, "", first)
        add_list(code, first)
        if ((code, "kTGHZ2013") in source)
            add_list(code, source[code, "kTGHZ2013"])
        else {
            add_list(code, source[code, "kXHC1983"])
            add_list(code, source[code, "kMandarin"])
            add_list(code, source[code, "kHanyuPinyin"])
        }
        add_surname(code, 0)
        at[hex(code)] = code
    }
    for (i = 1; i <= simples; i++)
        inherit(simple_from[i], simple_to[i])
    for (i = 1; i <= codes; i++)
        for (k = 1; k <= count[order[i]]; k++)
            if (!(reading[order[i], k] in number)) {
                syllables[++total] = reading[order[i], k]
                number[reading[order[i], k]] = total
            }
    # Sort the syllables, so that a prefix is one range.
    for (i = 2; i <= total; i++) {
        value = syllables[i]
        for (k = i - 1; k >= 1 && syllables[k] > value; k--)
            syllables[k + 1] = syllables[k]
        syllables[k + 1] = value
    }
    print "static const char han_syllables[][7] = {\"\","
    for (i = 1; i <= total; i++) {
        number[syllables[i]] = i
        printf "\"%s\",\n", syllables[i]
    }
    print "};"
    # By code point, for binary search; and where each 256 code points begin.
    for (value in at)
        if (value + 0 > highest)
            highest = value + 0
    printf "static const struct han_reading han_readings_table[] = {\n"
    rows = 0
    for (value = 0; value <= highest; value++) {
        if (value % 256 == 0)
            blocks[value / 256] = rows
        if ((value in at) && count[at[value]] > 0) {
            rows++
            code = at[value]
            printf "{0x%X,{", value
            for (k = 1; k <= count[code]; k++)
                printf "%d,", number[reading[code, k]]
            print "}},"
        }
    }
    print "};"
    print "static const uint16_t han_blocks[] = {"
    for (i = 0; i <= int(highest / 256); i++)
        printf "%d,%s", blocks[i], i % 16 == 15 ? "\n" : ""
    printf "%d};\n", rows
    for (i = 1; i <= simples; i++) {
        simple_at[simple_from[i]] = simple_to[i]
        if (simple_from[i] > simple_highest)
            simple_highest = simple_from[i]
    }
    print "static const struct han_simple han_simples[] = {"
    for (value = 0; value <= simple_highest; value++)
        if (value in simple_at)
            printf "{0x%X,0x%X},\n", value, simple_at[value]
    print "};"
    # One bit for each character up to U+FFFF: is it in the table above? Most are not.
    print "static const uint8_t han_simple_bits[] = {"
    for (value = 0; value < 65536; value += 8) {
        bits = 0
        for (k = 7; k >= 0; k--)
            bits = bits * 2 + ((value + k) in simple_at)
        printf "%d,%s", bits, value % 256 == 248 ? "\n" : ""
    }
    print "};"
}
