//! Injection files (SIPP.md 1.15).

use crate::harness::{Folder, answer, free_port};

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

/// What the calls of a scenario with these actions log, sorted.
fn logged(folder: Folder, actions: &str, arguments: &str) -> Vec<String> {
    let scenario =
        format!("<scenario name=\"l\">{QUIET}<nop><action>{actions}</action></nop></scenario>");
    let folder = folder.with("logs.xml", &scenario);
    let nobody = free_port();
    let arguments =
        format!("-sf logs.xml {arguments} -trace_logs -log_file l.log 127.0.0.1:{nobody}");
    folder.run("logs", &arguments).wait().expect(0, &[]);
    let mut lines: Vec<String> = folder.read("l.log").lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

const QUIET: &str = "<send><![CDATA[
OPTIONS sip:a@[remote_ip] SIP/2.0
Call-ID: [call_id]
Content-Length: 0

]]></send>";

#[test]
fn lines_are_drawn_or_belong_to_users() {
    let log = "<log message=\"[field0]\"/>";
    let of = |kind: &str| Folder::new().with("n.csv", &format!("{kind}\na\nb\nc\n"));
    let drawn = logged(of("RANDOM"), log, "-inf n.csv -m 60 -r 1000 -seed 3");
    let count = |name: &str| drawn.iter().filter(|line| *line == name).count();
    assert_eq!(count("a") + count("b") + count("c"), 60);
    assert!(["a", "b", "c"].into_iter().all(|name| count(name) > 5));
    // A user has the same line for all calls.
    let arguments = "-inf n.csv -users 2 -m 20 -d 0";
    let names = logged(
        of("USER"),
        "<log message=\"[userid] [field0]\"/>",
        arguments,
    );
    assert_eq!(names.len(), 20);
    assert!(
        names.iter().all(|line| line == "1 a" || line == "2 b"),
        "{names:?}"
    );
}

#[test]
fn calls_change_lines_and_add_some() {
    let folder = Folder::new().with("n.csv", "SEQUENTIAL\nalice;1\nbob;2\n");
    let actions = "<insert file=\"n.csv\" value=\"carol;3\"/>\
        <replace file=\"n.csv\" line=\"1\" value=\"dave;4\"/>\
        <lookup assign_to=\"at\" file=\"n.csv\" key=\"carol\"/>\
        <log message=\"[$at] [field0 line=&quot;[$at]&quot;] [field1 line=&quot;1&quot;]\"/>";
    let lines = logged(folder, actions, "-inf n.csv -infindex n.csv 0 -m 1");
    assert_eq!(lines, ["2.000000 carol 4"]);
}

#[test]
fn the_second_scenario_has_files_of_its_own() {
    let called = format!(
        "<scenario name=\"r\"><recv request=\"INVITE\"/>{}<recv request=\"ACK\"/></scenario>",
        answer("486 [field0]")
    );
    let caller = format!(
        "<scenario name=\"c\">{}<recv response=\"486\"/>{}</scenario>",
        request("INVITE", "X-Field: [field0]"),
        request("ACK", ""),
    );
    let folder = folder()
        .with("called.xml", &called)
        .with("caller.xml", &caller);
    let (own, peer) = (free_port(), free_port());
    let both = format!(
        "-sf sends.xml -rxsf called.xml -inf names.csv -inf other.csv -rxinf called.csv \
         -infindex names.csv 0 -m 10 -r 5 -i 127.0.0.1 -p {own} 127.0.0.1:{peer}"
    );
    let folder = folder.with("called.csv", "SEQUENTIAL\nBusy Farm\n");
    let mut both = folder.run("both", &both).listening(own);
    let caller = format!(
        "-sf caller.xml -inf names.csv -m 1 -trace_msg -message_file c.log 127.0.0.1:{own}"
    );
    folder.run("caller", &caller).wait().all_successful(1);
    assert!(folder.read("c.log").contains("SIP/2.0 486 Busy Farm"));
    both.wait();
}

fn request(method: &str, more: &str) -> String {
    let more = if more.is_empty() {
        "Max-Forwards: 70"
    } else {
        more
    };
    format!(
        "<send><![CDATA[
{method} sip:a@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bKone
From: <sip:b@[local_ip]>;tag=[call_number]
To: <sip:a@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 {method}
{more}
Content-Length: 0

]]></send>"
    )
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
