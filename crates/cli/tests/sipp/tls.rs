//! Calls over TLS, and the files that it needs.

use crate::harness::{Folder, free_port};

/// Where SIPp looks for them if the command line names none.
const USUAL: (&str, &str) = ("cacert.pem", "cakey.pem");
const OWN: (&str, &str) = ("own.pem", "own.key");

/// A certificate for 127.0.0.1 that signs itself, and its key.
fn with_certificate(folder: Folder, (certificate, key): (&str, &str)) -> Folder {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    folder
        .with(certificate, &made.cert.pem())
        .with(key, &made.signing_key.serialize_pem())
}

#[track_caller]
fn calls(folder: &Folder, callee: &str, caller: &str) {
    let at = free_port();
    let callee = format!("-sn uas {callee} -i 127.0.0.1 -p {at} -m 40");
    let mut callee = folder.run("callee", &callee).listening(at);
    let caller = format!("-sn uac {caller} -i 127.0.0.1 -m 40 -r 200 127.0.0.1:{at}");
    folder.run("caller", &caller).wait().all_successful(40);
    callee.wait().all_successful(40);
}

#[test]
fn calls_share_a_tls_connection_or_have_one_each() {
    let folder = with_certificate(Folder::new(), USUAL);
    calls(&folder, "-t l1", "-t l1");
    calls(&folder, "-t ln", "-t ln");
}

#[test]
fn a_caller_checks_the_certificate_if_it_is_given_an_authority() {
    let folder = with_certificate(with_certificate(Folder::new(), USUAL), OWN);
    let callee = "-t l1 -tls_cert own.pem -tls_key own.key";
    calls(&folder, callee, "-t l1 -tls_ca own.pem");
    let at = free_port();
    let callee = format!("-sn uas {callee} -i 127.0.0.1 -p {at}");
    let _callee = folder.run("callee", &callee).listening(at);
    let caller = format!("-sn uac -t l1 -tls_ca cacert.pem -m 1 127.0.0.1:{at}");
    folder
        .run("caller", &caller)
        .wait()
        .expect(255, &["TLS handshake failed", "the certificate"]);
}

#[test]
fn files_of_tls_that_are_missing_or_do_not_fit_are_named_once() {
    let folder = with_certificate(with_certificate(Folder::new(), USUAL), OWN);
    for (options, message) in [
        (
            "-sn uas -tls_cert none.pem",
            "error: certificate none.pem cannot be read: No such file or directory (os error 2)\n",
        ),
        (
            "-sn uac -tls_ca none.pem 127.0.0.1",
            "error: file of authorities none.pem cannot be read: No such file or directory (os error 2)\n",
        ),
        (
            "-sn uas -tls_key own.key",
            "error: TLS: the key does not belong to the first certificate of the certificate file\n",
        ),
    ] {
        let ended = folder.run("run", &format!("{options} -t l1")).wait();
        ended.expect(1, &[]);
        assert_eq!(ended.err, message);
    }
}
