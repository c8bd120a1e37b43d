//! What is wrong with scenarios: all of it, with its place, before anything is sent.

use crate::harness::Folder;

/// A scenario with a line in it that is wrong.
fn scenario(line: &str) -> String {
    format!(
        "<scenario name=\"s\">\n{line}\n<send><![CDATA[\nOPTIONS sip:a@[remote_ip] SIP/2.0\n\
         Call-ID: [call_id]\n\n]]></send>\n<recv response=\"200\"/>\n</scenario>\n"
    )
}

#[test]
fn each_kind_of_mistake_is_told_with_line_and_column() {
    let cases = [
        ("<sned/>", ":2:", "send"),
        ("<nop next=\"nowhere\"/>", ":2:", "nowhere"),
        (
            "<nop><action><log message=\"[nokeyword]\"/></action></nop>",
            ":2:",
            "nokeyword",
        ),
        (
            "<nop><action><ereg regexp=\"(\" search_in=\"msg\" assign_to=\"_\"/></action></nop>",
            ":2:",
            "regexp",
        ),
        (
            "<nop><action><lgo message=\"x\"/></action></nop>",
            ":2:",
            "log",
        ),
        ("<recv response=\"abc\"/>", ":2:", "abc"),
        (
            "<nop><action><log message=\"[field0]\"/></action></nop>",
            ":2:",
            "-inf",
        ),
    ];
    for (line, place, text) in cases {
        let folder = Folder::new().with("s.xml", &scenario(line));
        let ended = folder.run("wrong", "-sf s.xml 127.0.0.1 -m 1").wait();
        ended.expect(1, &["s.xml", place, text, "nothing was sent"]);
    }
}

#[test]
fn global_variables_are_set_from_the_command_line() {
    let text = "<Global variables=\"colour\"/><nop><action><log message=\"it is [$colour]\"/>\
                </action></nop><Reference variables=\"colour\"/>";
    let folder = Folder::new().with("s.xml", &scenario(text));
    let run = |more: &str| {
        let arguments = format!("-sf s.xml 127.0.0.1:9 -m 1 -recv_timeout 100 {more}");
        folder.run("set", &arguments).wait()
    };
    run("-set colour red -trace_logs -log_file l.log").expect(1, &["Failed call"]);
    assert_eq!(folder.read("l.log"), "it is red\n");
    run("-set color red").expect(1, &["did you mean colour?"]);
}

#[test]
fn several_mistakes_are_told_at_once() {
    let folder = Folder::new().with("s.xml", &scenario("<sned/>\n<pause milisecondes=\"5\"/>"));
    let ended = folder.run("wrong", "-sf s.xml 127.0.0.1").wait();
    ended.expect(
        1,
        &[":2:", ":3:", "milliseconds", "1 error; nothing was sent"],
    );
}

#[test]
fn what_is_wrong_with_each_file_is_told_at_once() {
    let folder = Folder::new()
        .with("s.xml", &scenario("<sned/>"))
        .with("bad.csv", "SEQUENCE\na\n");
    let line = "-sf s.xml 127.0.0.1 -inf none.csv -inf bad.csv -infindex other.csv 0";
    folder.run("wrong", line).wait().expect(
        1,
        &[
            "injection file none.csv cannot be read: No such file",
            "bad.csv:1:1",
            "s.xml:2:",
            "3 errors; nothing was sent",
        ],
    );
}

#[test]
fn media_are_underlined_where_they_are_named() {
    let line =
        "<nop><action><log message=\"a\"/><exec play_pcap_audio=\"none.pcap\"/></action></nop>";
    let folder = Folder::new().with("s.xml", &scenario(line));
    let ended = folder.run("wrong", "-sf s.xml 127.0.0.1").wait();
    ended.expect(1, &["s.xml:2:55", "the file none.pcap is neither beside"]);
}

#[test]
fn media_are_told_of_beside_other_mistakes() {
    let line = "<nop><action><exec play_pcap_audio=\"none.pcap\"/></action></nop>\n\
                <nop next=\"nowhere\"/>\n\
                <nop><action><exec rtp_stream=\"none.wav\"/></action></nop>";
    let folder = Folder::new().with("s.xml", &scenario(line));
    let more = "-rxsf r.xml -set a b";
    let received = "<scenario><Global variables=\"c\"/><recv request=\"INVITE\"/>\n\
                    <nop><action><exec play_pcap_video=\"other.pcap\"/><lgo/></action></nop></scenario>";
    let folder = folder.with("r.xml", received);
    let line = format!("-sf s.xml {more} 127.0.0.1");
    folder.run("wrong", &line).wait().expect(
        1,
        &[
            "s.xml:2:",
            "the file none.pcap is neither beside",
            "s.xml:3:",
            "nowhere",
            "s.xml:4:",
            "the file none.wav is neither beside",
            "r.xml:2:",
            "the file other.pcap is neither beside",
            "6 errors; nothing was sent",
        ],
    );
}

#[test]
fn each_name_that_the_scenario_lacks_is_told() {
    let folder = Folder::new()
        .with(
            "s.xml",
            &scenario("<Global variables=\"colour\"/><Reference variables=\"colour\"/>"),
        )
        .with("a.csv", "SEQUENTIAL\na;b\n");
    let line = "-sf s.xml 127.0.0.1 -set color red -set x y -inf a.csv -infindex a.csv 7 -infindex b.csv 0";
    folder.run("wrong", line).wait().expect(
        1,
        &[
            "-set color: the scenario has no such variable",
            "-set x: the scenario has no such variable",
            "-infindex a.csv 7: its columns are numbered from 0 to 1",
            "-infindex b.csv: there is no such file",
            "4 errors; nothing was sent",
        ],
    );
}

#[test]
fn media_that_cannot_be_sent_are_refused_by_name() {
    let line = "<nop><action><exec rtp_stream=\"a.wav\"/></action></nop>";
    let folder = Folder::new()
        .with("s.xml", &scenario(line))
        .with("a.wav", "");
    let ended = folder.run("wrong", "-sf s.xml 127.0.0.1").wait();
    ended.expect(1, &["rtp_stream"]);
}
