//! `gannet check`.

use crate::bench::{Bench, feature};

#[test]
fn features_configurations_and_profiles_are_checked_together() {
    let bench = Bench::new()
        .with("good.feature", &feature(&["fail"]))
        .with("bad.feature", &feature(&["Alice cals Bob"]))
        .with("gannet.toml", "[timeouts]\nmedia = \"10 s\"\n")
        .with("etc/gannet.toml", "[timeots]\n")
        .with("Mine.toml", "inherits = \"generic\"\n");
    bench
        .run("check good.feature gannet.toml Mine.toml")
        .expect(0, &["nothing found"]);
    let run = bench.run("check bad.feature etc/gannet.toml");
    run.expect(
        2,
        &[
            "bad.feature:3:7",
            "etc/gannet.toml:1:2",
            "  timeouts",
            "2 errors",
        ],
    );
}

#[test]
fn deviations_of_a_message_are_shown_with_their_section() {
    let message = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
                   From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\
                   Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    let bench = Bench::new()
        .with("bad.sip", message)
        .with("good.txt", &message.replace("1 INVITE", "1 OPTIONS"))
        .with("notes.txt", "nothing of this kind");
    bench
        .run("check bad.sip")
        .expect(2, &["bad.sip:6:", "RFC 3261"]);
    bench.run("check good.txt").expect(0, &["nothing found"]);
    bench
        .run("check notes.txt")
        .expect(2, &["is nothing that can be checked"]);
}

const CONF: &str = r#"<configuration name="c">
  <define entity="transport" name="udp" file="libtrans_ip.so" init-args="type=udp"></define>
  <define entity="channel" name="sip" protocol="sip" transport="udp"
    open-args="mode=client;dest=127.0.0.1:5060"></define>
  <define entity="traffic-param" name="external-data-file" value="data.csv"></define>
</configuration>
"#;
const DICTIONARY: &str = r#"<protocol name="sip" type="text" field-separator="\r\n" body-separator="\r\n">
  <header name="message" type="type">
    <fielddef name="type"><regexp expr="^([A-Z]+) " nbexpr="2" subexpr="1"></regexp></fielddef>
    <fielddef name="call-id" header="Call-ID"></fielddef>
  </header>
  <dictionary session-id="call-id"><message name="OPTIONS"></message></dictionary>
</protocol>
"#;
const SCENARIO: &str = r#"<scenario>
  <traffic>
    <send channel="sip">
      <action><restore-from-external field="0" entity="call-id"></restore-from-external></action>
      <message><![CDATA[OPTIONS sip:a@b SIP/2.0]]></message>
    </send>
  </traffic>
</scenario>
"#;

#[test]
fn the_files_of_a_seagull_run_are_checked_with_each_other() {
    let bench = Bench::new()
        .with("conf.xml", CONF)
        .with("sip.xml", DICTIONARY)
        .with("scen.xml", SCENARIO)
        .with("typo.xml", &SCENARIO.replace("\"sip\"", "\"sib\""))
        .with("data.csv", "\"string\" ;\n\"1@b\" ;\n");
    bench
        .run("check scen.xml conf.xml sip.xml")
        .expect(0, &["3 arguments checked, nothing found"]);
    let run = bench.run("check conf.xml sip.xml typo.xml");
    run.expect(
        2,
        &["typo.xml:3:20", "did you mean `sip`?", "^^^", "1 error"],
    );
    let bench = bench.with("data.csv", "\"string\" ;\n\"1@b\" ; \"2\" ;\n\"3@b\"\n");
    let run = bench.run("check conf.xml sip.xml scen.xml");
    run.expect(2, &["data.csv:3:1"]);
}

#[test]
fn seagull_files_alone_are_checked_as_far_as_possible() {
    let bench = Bench::new()
        .with("conf.xml", CONF)
        .with("sip.xml", &DICTIONARY.replace("([A-Z]+)", "([A-Z+)"))
        .with(
            "scen.xml",
            &SCENARIO.replace("<restore-from-external", "<restroe"),
        )
        .with("sipp.xml", "<scenario name=\"x\"><send></send></scenario>");
    let run = bench.run("check sip.xml");
    run.expect(2, &["sip.xml:3:", "without the configuration"]);
    let run = bench.run("check scen.xml");
    run.expect(
        2,
        &[
            "scen.xml:4:16",
            "message types and methods were not checked",
        ],
    );
    let run = bench.run("check conf.xml");
    run.expect(2, &["conf.xml:5:67", "`data.csv` could not be read"]);
    let run = bench.run("check scen.xml conf.xml scen.xml sip.xml");
    run.expect(2, &["several configurations or scenarios", "4 arguments"]);
    let run = bench.run("check sipp.xml");
    run.expect(2, &["sipp.xml:1:21", "`<send>` has no message"]);
}

#[test]
fn a_compact_scenario_is_no_sip_message() {
    let compact = "<scenario><traffic><send channel=\"c\"><message><![CDATA[ACK sip:a@b SIP/2.0\n\
                   Call-ID: 1]]></message></send></traffic></scenario>";
    let bench = Bench::new()
        .with("s.xml", compact)
        .with("mark.xml", &format!("\u{feff}\n {compact}"))
        .with("comment.xml", &format!("<!-- SIP/2.0\n--> {compact}"))
        .with(
            "sipp.xml",
            "<scenario><send><![CDATA[ACK sip:a@b SIP/2.0\n]]></send></scenario>",
        );
    for name in ["s.xml", "mark.xml", "comment.xml"] {
        bench.run(&format!("check {name}")).expect(
            0,
            &[
                "without the configuration and the dictionaries",
                "nothing found",
            ],
        );
    }
    bench.run("check sipp.xml").expect(0, &["nothing found"]);
}

#[test]
fn a_folder_of_seagull_files_is_told_how_to_name_them() {
    let bench = Bench::new().with("calls/conf.xml", CONF);
    bench.run("check calls").expect(
        2,
        &[
            "there is no *.feature file in `calls` or below",
            "Seagull's files are named one by one: `gannet check sip.xml",
        ],
    );
}

#[test]
fn thousands_of_faults_on_one_line_are_counted_not_shown() {
    let many = format!("{}</traffic>", "<bogus></bogus>".repeat(8_000));
    let bench = Bench::new()
        .with("conf.xml", CONF)
        .with("sip.xml", DICTIONARY)
        .with("data.csv", "\"string\" ;\n\"1@b\" ;\n")
        .with("s.xml", &SCENARIO.replace("</traffic>", &many));
    for command in [
        "check conf.xml sip.xml s.xml",
        "load conf.xml sip.xml s.xml",
        "seagull -conf conf.xml -dico sip.xml -scen s.xml",
    ] {
        let ran = bench.run(command);
        let shown = ran.err.matches("`<traffic>` has no `<bogus>`").count();
        assert_eq!(shown, 100, "{command}");
        let all = format!("{}{}", ran.out, ran.err);
        assert!(all.contains("and 7900 more "), "{command}");
        assert!(all.contains("in this file"), "{command}");
    }
    bench
        .run("check conf.xml sip.xml s.xml")
        .expect(2, &["8000 errors"]);
}
