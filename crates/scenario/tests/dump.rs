//! The text form of a compiled scenario.

mod seagull_files;

use gannet_scenario::dump;
use seagull_files::{Set, receive, send, traffic};

#[test]
fn everything_is_shown() {
    let before = r#"<inc-counter name="n"></inc-counter>
      <set-value name="call-id" format="$(n)@here.example"></set-value>"#;
    let check = r#"<check-presence name="via2" behaviour="warning"></check-presence>"#;
    let scenario = traffic(&[
        send(
            "one",
            "INVITE",
            before,
            r#"<store name="id" entity="call-id"></store>"#,
        ),
        receive(
            "channel=\"one\" optional=\"true\"",
            "SIP/2.0 183 Progress",
            "",
        ),
        receive("channel=\"one\" label=\"ok\"", "SIP/2.0 200 OK", check),
        "<wait-ms value=\"50\"></wait-ms>".to_owned(),
        send(
            "one",
            "BYE",
            r#"<restore name="id" entity="call-id"></restore>"#,
            "",
        ),
    ]);
    let set = Set::new(&scenario)
        .params(r#"<define entity="config-param" name="p" value="x"></define>"#)
        .dictionary(
            "FIELDS",
            r#"<fielddef name="via2" header="Via" nth="2"></fielddef>"#,
        );
    insta::assert_snapshot!(dump(&set.run().scenario));
}
