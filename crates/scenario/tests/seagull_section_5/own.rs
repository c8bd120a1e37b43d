//! Gannet's own attributes.

use gannet_scenario::model::StepKind;

use crate::seagull_files::{Set, receive, send, traffic};
use crate::shown::{complaints, invite, ok, sections};

#[test]
fn own_attributes_of_receive() {
    let scenario = traffic(&[
        invite(),
        receive(
            "channel=\"one\" optional=\"true\"",
            "SIP/2.0 183 Progress",
            "",
        ),
        receive(
            "channel=\"one\" accept=\"183 486=bye BYE\" cseq-method=\"INVITE\"",
            "SIP/2.0 200 OK",
            "",
        ),
        send("one", "BYE", "", "").replacen("<send ", "<send label=\"bye\" ", 1),
    ]);
    let mut set = Set::new(&scenario);
    let receives = |set: &Set| -> Vec<String> {
        sections(set)
            .lines()
            .filter(|line| line.contains(" receive "))
            .map(|line| line.trim().to_owned())
            .collect()
    };
    assert_eq!(
        receives(&set),
        [
            "1 receive optional 183 on one",
            "2 receive 200 to INVITE or 183 to INVITE or 486 to INVITE then 3 or BYE on one",
        ]
    );
    set.options.match_cseq = true;
    assert_eq!(receives(&set)[0], "1 receive optional 183 to INVITE on one");
    let set =
        set.params(r#"<define entity="traffic-param" name="match-cseq" value="false"></define>"#);
    assert_eq!(receives(&set)[0], "1 receive optional 183 on one");
}

#[test]
fn optional_receives_lead_to_one_that_must_come() {
    let optional = receive(
        "channel=\"one\" optional=\"true\"",
        "SIP/2.0 183 Progress",
        "",
    );
    let wait = "<wait-ms value=\"1\"></wait-ms>".to_owned();
    let last = "error optional-last: no receive that must come follows this optional one";
    for (commands, expected) in [
        (
            vec![invite(), optional.clone(), optional.clone(), ok()],
            vec![],
        ),
        (vec![invite(), optional.clone()], vec![last]),
        (
            vec![invite(), optional.clone(), optional.clone(), invite()],
            vec![last, last],
        ),
        (vec![invite(), optional.clone(), wait, ok()], vec![last]),
        (
            vec![optional, ok()],
            vec![
                "error optional-first: an optional receive cannot begin a section: its message would decide whether a call is there",
            ],
        ),
    ] {
        assert_eq!(complaints(&traffic(&commands)), expected);
    }
}

#[test]
fn own_attributes_of_send_and_wait() {
    for (command, expected) in [
        (
            invite().replacen("<send ", "<send retrans=\"rfc3261\" ", 1),
            "0 send INVITE on one again by RFC 3261 with T1 500 ms and T2 4000 ms",
        ),
        (
            invite().replacen(
                "<send ",
                "<send retrans=\"rfc3261\" t1-ms=\"10\" t2-ms=\"80\" ",
                1,
            ),
            "0 send INVITE on one again by RFC 3261 with T1 10 ms and T2 80 ms",
        ),
        // Without retrans-enabled Seagull's own form has no effect.
        (
            invite().replacen("<send ", "<send retrans=\"500\" ", 1),
            "0 send INVITE on one",
        ),
    ] {
        let text = sections(&Set::new(&traffic(&[command])));
        assert_eq!(text.lines().nth(1).map(str::trim), Some(expected));
    }
    for (attributes, name) in [
        (r#"value="20""#, "20 ms"),
        (r#"distribution="fixed" value="20""#, "fixed value=20 ms"),
        (
            r#"distribution="uniform" min="10" max="20""#,
            "uniform min=10 max=20 ms",
        ),
        (
            r#"distribution="normal" mean="10" stdev="2.5""#,
            "normal mean=10 stdev=2.5 ms",
        ),
        (
            r#"distribution="lognormal" mean="2" stdev="1""#,
            "lognormal mean=2 stdev=1 ms",
        ),
        (
            r#"distribution="exponential" mean="5""#,
            "exponential mean=5 ms",
        ),
        (
            r#"distribution="weibull" lambda="3" k="2""#,
            "weibull lambda=3 k=2 ms",
        ),
        (
            r#"distribution="pareto" k="3" x_m="2""#,
            "pareto k=3 x_m=2 ms",
        ),
        (
            r#"distribution="gpareto" shape="1" scale="2" location="3""#,
            "gpareto shape=1 scale=2 location=3 ms",
        ),
        (
            r#"distribution="gamma" k="3" theta="2""#,
            "gamma k=3 theta=2 ms",
        ),
        (
            r#"distribution="negbin" p="0.5" n="3""#,
            "negbin p=0.5 n=3 ms",
        ),
    ] {
        let wait = format!("<wait-ms label=\"w\" {attributes}></wait-ms>");
        let run = Set::new(&traffic(&[invite(), wait])).run();
        let step = &run.scenario.sections[0].steps[1];
        assert!(matches!(step.kind, StepKind::Pause(_)));
        assert_eq!(step.name, name);
    }
}
