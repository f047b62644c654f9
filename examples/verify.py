# python3 verify.py ROOT.pem CARD: libyufu by ctypes. Every call gives 0, or what yufu_error_text() explains.
import ctypes, sys
yufu, verifier, result = ctypes.CDLL("libyufu.so.0"), ctypes.c_void_p(), ctypes.c_void_p()
root, card = (open(name, "rb").read() for name in sys.argv[1:3])
yufu.yufu_result_text.restype = ctypes.c_char_p
assert not yufu.yufu_verifier_new(ctypes.byref(verifier)) and not yufu.yufu_verifier_trust(
    verifier, root, ctypes.c_size_t(len(root)), ctypes.c_int64(0)) and not yufu.yufu_verify_presentation(
    verifier, card, ctypes.c_size_t(len(card)), None, ctypes.byref(result))
print(yufu.yufu_result_text(result, None).decode())
