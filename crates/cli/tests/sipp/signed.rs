//! Signed calls: `[identity]` and `<identity>`.

use std::process::Command;

use crate::harness::Folder;

/// A scenario with one line before its request.
fn scenario(line: &str) -> String {
    format!(
        "<scenario name=\"s\">\n{line}\n<send><![CDATA[\nOPTIONS sip:a@[remote_ip] SIP/2.0\n\
         Call-ID: [call_id]\n\n]]></send>\n<recv response=\"200\"/>\n</scenario>\n"
    )
}

fn log(message: &str) -> String {
    format!("<nop><action><log message='{message}'/></action></nop>")
}

/// `gannet stir` in the folder: exit code, and what it writes.
fn stir(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gannet"));
    let output = command
        .current_dir(folder.root())
        .arg("stir")
        .args(arguments)
        .output();
    let output = output.expect("the binary is there");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

#[test]
fn what_a_scenario_signs_is_verified() {
    const X5U: &str = "http://127.0.0.1/sp.pem";
    let keyword = format!(
        "[identity key=\"sp.key\" x5u=\"{X5U}\" orig=\"+1-215-555-1212\" dest=\"[service]\" attest=\"B\"]"
    );
    let action = format!(
        "<nop><action><identity assign_to=\"signed\" key=\"sp.key\" x5u=\"{X5U}\" \
         orig=\"+12155551212\" dest=\"sip:bob@biloxi.example\"/><log message=\"[$signed]\"/>\
         </action></nop>"
    );
    let lines = format!("{}\n{action}", log(&keyword));
    let folder = Folder::new().with("s.xml", &scenario(&lines));
    assert_eq!(
        stir(&folder, &["ca", "--key", "ca.key", "--out", "ca.pem"]).0,
        Some(0)
    );
    let issue = [
        "issue", "--ca", "ca.pem", "--ca-key", "ca.key", "--key", "sp.key", "--out", "sp.pem",
        "--spc", "709J",
    ];
    assert_eq!(stir(&folder, &issue).0, Some(0));
    let arguments =
        "-sf s.xml 127.0.0.1:9 -s 12155550131 -m 1 -recv_timeout 100 -trace_logs -log_file l.log";
    folder
        .run("signed", arguments)
        .wait()
        .expect(1, &["Failed call"]);
    let logged = folder.read("l.log");
    let identities: Vec<&str> = logged.lines().collect();
    assert_eq!(identities.len(), 2, "{logged}");
    for (identity, said) in identities
        .iter()
        .zip(["\"attest\":\"B\"", "sip:bob@biloxi.example"])
    {
        let verify = [
            "verify",
            identity,
            "--ca",
            "ca.pem",
            "--certificate",
            "sp.pem",
        ];
        let (code, text) = stir(&folder, &verify);
        assert_eq!(code, Some(0), "{identity}\n{text}");
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn misuse_is_told_before_anything_is_sent() {
    let given = "key=\"k\" x5u=\"u\" orig=\"1\" dest=\"2\"";
    let identity = |attributes: &str| {
        format!(
            "<nop><action><identity assign_to=\"v\" {attributes}/><log message=\"[$v]\"/></action></nop>"
        )
    };
    for (line, text) in [
        (
            log("[identity key=\"k\" x5u=\"u\" orig=\"1\"]"),
            "needs `dest=`",
        ),
        (
            log(&format!("[identity {given} attest=\"D\"]")),
            "`D` is no attestation",
        ),
        (
            log(&format!("[identity {given} origid=\"x\"]")),
            "needs `attest=`",
        ),
        (identity("key=\"k\" x5u=\"u\" orig=\"1\""), "dest"),
        (
            identity(&format!("{given} attest=\"full\"")),
            "`full` is no attestation",
        ),
    ] {
        let folder = Folder::new().with("s.xml", &scenario(&line));
        let ended = folder.run("wrong", "-sf s.xml 127.0.0.1 -m 1").wait();
        ended.expect(1, &["s.xml", ":2:", text, "nothing was sent"]);
    }
}

#[test]
fn a_key_that_is_none_ends_the_run() {
    let line = log("[identity key=\"none.key\" x5u=\"u\" orig=\"1\" dest=\"2\"]");
    let folder = Folder::new().with("s.xml", &scenario(&line));
    let ended = folder
        .run(
            "none",
            "-sf s.xml 127.0.0.1:9 -m 1 -recv_timeout 100 -trace_logs -log_file l.log",
        )
        .wait();
    let said = format!("{}{}", ended.out, ended.err);
    assert!(said.contains("cannot read file \"none.key\""), "{said}");
}
