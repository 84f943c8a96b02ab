# The compression bomb is packed with zlib.
$(B)/tests/unit/sync/test_http: LDLIBS += -lz
