//! Tokens and certificates of `gannet stir` beside PyJWT and OpenSSL.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::harness::Site;

const X5U: &str = "https://certificates.example/sp.pem";

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).trim().to_owned()
}

fn run(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// What it writes to standard output; it must end with 0.
fn done(command: &mut Command) -> String {
    let output = run(command);
    let said = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {said:?}");
    said.0
}

fn gannet(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gannet"));
    command
        .current_dir(site.file(""))
        .arg("stir")
        .args(arguments);
    command
}

/// A Python that has PyJWT, in a folder of its own below `target/`; installed by the first test.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stir-venv");
        let python = folder.join("bin/python");
        if !python.exists() {
            done(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        }
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        done(
            Command::new(&python)
                .args(install)
                .arg("PyJWT[crypto]==2.10.1"),
        );
        python
    })
}

fn jws(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(python());
    command
        .current_dir(site.file(""))
        .arg(Site::interop("stir/jws.py"))
        .args(arguments);
    command
}

/// `ca.pem`, `sp.pem` and their keys in the test's folder.
fn certificates(site: &Site) {
    done(&mut gannet(
        site,
        &["ca", "--key", "ca.key", "--out", "ca.pem"],
    ));
    let issue = "issue --ca ca.pem --ca-key ca.key --key sp.key --out sp.pem --spc 709J \
                 --range 12155550100+100 --tn +12155551212 --domain atlanta.example";
    done(&mut gannet(
        site,
        &issue.split_whitespace().collect::<Vec<_>>(),
    ));
}

#[test]
fn pyjwt_and_gannet_verify_each_other() {
    let Some(site) = Site::open("pyjwt_and_gannet_verify_each_other", &["python3"]) else {
        return;
    };
    certificates(&site);
    let sign = [
        "sign",
        "--key",
        "sp.key",
        "--x5u",
        X5U,
        "--orig",
        "+12155551212",
        "--dest",
        "+12155550131",
        "--attest",
        "A",
        "--json",
    ];
    let ours: Value = serde_json::from_str(&done(&mut gannet(&site, &sign))).expect("JSON");
    let token = ours["token"].as_str().expect("a token");
    let read = done(&mut jws(&site, &["verify", token, "sp.pem"]));
    let read: Value = serde_json::from_str(&read).expect("JSON");
    assert_eq!(read, ours["claims"]);
    let forged = token.replacen('.', ".e", 1);
    assert!(
        !run(&mut jws(&site, &["verify", &forged, "sp.pem"]))
            .status
            .success()
    );

    let header = json!({"typ": "passport", "ppt": "shaken", "x5u": X5U});
    let (header, claims) = (header.to_string(), ours["claims"].to_string());
    let theirs = done(&mut jws(&site, &["sign", "sp.key", &header, &claims]));
    let verify = [
        "verify",
        &theirs,
        "--ca",
        "ca.pem",
        "--certificate",
        "sp.pem",
    ];
    let said = done(&mut gannet(&site, &verify));
    assert!(said.starts_with("valid:"), "{said}");
    let forged = theirs.replacen('.', ".e", 1);
    let verify = [
        "verify",
        &forged,
        "--ca",
        "ca.pem",
        "--certificate",
        "sp.pem",
        "--orig",
        "12155551212",
        "--dest",
        "12155550131",
    ];
    assert_eq!(run(&mut gannet(&site, &verify)).status.code(), Some(1));
}

#[test]
fn openssl_makes_and_reads_what_gannet_reads_and_makes() {
    let name = "openssl_makes_and_reads_what_gannet_reads_and_makes";
    let Some(site) = Site::open(name, &["openssl"]) else {
        return;
    };
    certificates(&site);
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        command
            .current_dir(site.file(""))
            .args(arguments.split_whitespace());
        command
    };
    let said = done(&mut openssl("verify -CAfile ca.pem sp.pem"));
    assert_eq!(said, "sp.pem: OK");
    let shown = done(&mut openssl("x509 -in sp.pem -noout -text"));
    assert!(shown.contains("1.3.6.1.5.5.7.1.26"), "{shown}");
    let parsed = done(&mut openssl("asn1parse -in sp.pem"));
    let value = parsed
        .lines()
        .skip_while(|line| !line.contains("1.3.6.1.5.5.7.1.26"))
        .find(|line| line.contains("OCTET STRING"))
        .expect("the value of the extension");
    let hexadecimal = value.rsplit_once("DUMP]:").expect("its octets").1;
    // RFC 8226 9: SPC 709J, 100 numbers from 12155550100, one number.
    let range = "A1123010160B3132313535353530313030020164";
    let expected = format!("302BA006160437303 94A{range}A20D160B3132313535353531323132");
    assert_eq!(hexadecimal, expected.replace(' ', ""));

    // Both forms of a key that OpenSSL writes.
    done(&mut openssl(
        "ecparam -name prime256v1 -genkey -noout -out sec1.key",
    ));
    done(&mut openssl(
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out pkcs8.key",
    ));
    for key in ["sec1.key", "pkcs8.key"] {
        done(&mut openssl(&format!(
            "pkey -in {key} -pubout -out public.pem"
        )));
        let sign = [
            "sign", "--key", key, "--x5u", X5U, "--orig", "1", "--dest", "2",
        ];
        let identity = done(&mut gannet(&site, &sign));
        let verify = ["verify", &identity, "--public-key", "public.pem"];
        assert!(done(&mut gannet(&site, &verify)).starts_with("valid:"));
    }
    done(&mut openssl(
        "ecparam -name secp384r1 -genkey -noout -out p384.key",
    ));
    let sign = [
        "sign", "--key", "p384.key", "--x5u", X5U, "--orig", "1", "--dest", "2",
    ];
    let refused = run(&mut gannet(&site, &sign));
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        text(&refused.stderr).contains("P-256"),
        "{}",
        text(&refused.stderr)
    );
}
