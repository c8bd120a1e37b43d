//! Third-party call control (SIPP.md 1.14).

use crate::harness::{Folder, free_port};

#[test]
fn four_runs_place_a_call_between_two_callees() {
    let folder = Folder::new();
    let [a, b, own_a, own_b, twin] = [(); 5].map(|()| free_port());
    let run = |name: &str, own: u16, more: &str| {
        let arguments = format!("-sn {name} -i 127.0.0.1 -p {own} -m 5 -r 50 {more}");
        folder.run(name, &arguments).listening(own)
    };
    let mut sides = vec![run("3pcc-A", a, ""), run("3pcc-B", b, "")];
    let link = |callee: u16| format!("-3pcc 127.0.0.1:{twin} 127.0.0.1:{callee}");
    sides.push(run("3pcc-C-B", own_b, &link(b)).listening(twin));
    sides.push(run("3pcc-C-A", own_a, &link(a)));
    for mut side in sides {
        side.wait().all_successful(5);
    }
}

const MASTER: &str = r#"<scenario name="m"><sendCmd dest="s1"><![CDATA[
Call-ID: [call_id]
From: m

]]></sendCmd><recvCmd src="s1"/></scenario>"#;

const SLAVE: &str = r#"<scenario name="s"><recvCmd src="m"/><sendCmd dest="m"><![CDATA[
Call-ID: [call_id]
From: s1

]]></sendCmd></scenario>"#;

#[test]
fn a_master_and_a_slave_find_each_other_by_name() {
    let [m, s1] = [(); 2].map(|()| free_port());
    let names = format!("m;127.0.0.1:{m}\ns1;127.0.0.1:{s1}\n");
    let folder = Folder::new()
        .with("names", &names)
        .with("m.xml", MASTER)
        .with("s.xml", SLAVE);
    let common = "-slave_cfg names -m 5 -r 50 -i 127.0.0.1 127.0.0.1:9";
    let mut slave = folder
        .run("slave", &format!("-sf s.xml -slave s1 {common}"))
        .listening(s1);
    let mut master = folder.run("master", &format!("-sf m.xml -master m {common}"));
    master.wait().all_successful(5);
    slave.wait().all_successful(5);
}

#[test]
fn a_command_to_nobody_is_told_before_anything_is_sent() {
    let folder = Folder::new()
        .with("names", "m;127.0.0.1:9\nlefft;127.0.0.1:9\n")
        .with("m.xml", &MASTER.replace("\"s1\"", "\"left\""));
    let arguments = "-sf m.xml -master m -slave_cfg names -m 1 -i 127.0.0.1 127.0.0.1:9";
    let text =
        "there is no \"left\", to whom the scenario sends a command; did you mean \"lefft\"?";
    folder.run("master", arguments).wait().expect(1, &[text]);
}
