//! Injection files (SIPP.md 1.15).

use crate::harness::{Folder, free_port};

const SENDS: &str = r#"<scenario name="s"><send><![CDATA[
OPTIONS sip:[field0]@[remote_ip] SIP/2.0
Call-ID: [call_id]
X-Number: [field1]
X-Looked-Up: [$line]
X-Other: [field0 file="other.csv"]
Content-Length: 0

]]><action><lookup assign_to="line" file="names.csv" key="bob"/></action></send>
<Reference variables="line"/></scenario>"#;

fn folder() -> Folder {
    Folder::new()
        .with("names.csv", "SEQUENTIAL\nalice;1\nbob;2\n# none\ncarol;3\n")
        .with("other.csv", "SEQUENTIAL\nx\n")
        .with("sends.xml", SENDS)
}

#[test]
fn calls_take_lines_in_turn() {
    let folder = folder();
    let nobody = free_port();
    let arguments = format!(
        "-sf sends.xml -inf names.csv -inf other.csv -infindex names.csv 0 -m 4 -r 1000 \
         -trace_msg -message_file m.log 127.0.0.1:{nobody}"
    );
    folder.run("sends", &arguments).wait().expect(0, &[]);
    let messages = folder.read("m.log");
    let names: Vec<&str> = messages
        .lines()
        .filter_map(|line| line.strip_prefix("OPTIONS sip:")?.split('@').next())
        .collect();
    assert_eq!(names, ["alice", "bob", "carol", "alice"]);
    assert!(messages.contains("X-Number: 3") && messages.contains("X-Other: x"));
}

#[test]
fn what_is_wrong_with_files_is_told_before_anything_is_sent() {
    let folder = folder()
        .with("empty.csv", "SEQUENTIAL\n")
        .with("kind.csv", "SEQUENTAIL\na\n");
    for (more, text) in [
        ("-inf names.csv", "other.csv"),
        ("-inf empty.csv", "empty.csv:"),
        ("-inf kind.csv", "SEQUENTIAL"),
        (
            "-inf names.csv -inf other.csv -infindex names.csv 9",
            "numbered from 0 to 1",
        ),
        (
            "-inf names.csv -inf other.csv -infindex nmaes.csv 0",
            "there is no such file",
        ),
    ] {
        let arguments = format!("-sf sends.xml 127.0.0.1 -m 1 {more}");
        folder.run("wrong", &arguments).wait().expect(1, &[text]);
    }
}
