"""Tokens of PyJWT (https://pyjwt.readthedocs.io), for comparison with those of `gannet stir`.

jws.py verify TOKEN CERTIFICATE   prints the claims, or fails
jws.py sign KEY HEADER CLAIMS     prints a token; HEADER and CLAIMS are JSON
"""

import json
import sys

import jwt
from cryptography.x509 import load_pem_x509_certificate


def main():
    what, *arguments = sys.argv[1:]
    if what == "verify":
        token, path = arguments
        with open(path, "rb") as file:
            key = load_pem_x509_certificate(file.read()).public_key()
        # Of the claims only `iat` is known to JWT, and gannet judges that itself.
        options = {"verify_iat": False}
        claims = jwt.decode(token, key, algorithms=["ES256"], options=options)
        print(json.dumps(claims, sort_keys=True))
    else:
        path, header, claims = arguments
        with open(path, "rb") as file:
            key = file.read()
        claims = json.loads(claims)
        print(jwt.encode(claims, key, algorithm="ES256", headers=json.loads(header)))


main()
