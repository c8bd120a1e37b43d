//! How runs begin and end, in time and by a word.

use gannet_events::sipp::Command;
use gannet_events::traffic::Phase;

use crate::bench::{Script, Side, send};

const OK: &str = "<recv response=\"200\"/>";

fn five_calls_at_10_a_second(waits_first: bool) -> Side {
    Script::new(&format!("{}{OK}", send("OPTIONS", "")))
        .with(|settings| {
            settings.waits_first = waits_first;
            settings.pacing.calls_per_s = 10.0;
            settings.calls_wanted = Some(5);
        })
        .side()
}

#[test]
fn the_first_call_of_a_rate_waits_for_its_turn_where_that_is_wanted() {
    for (waits_first, begun) in [(false, [1, 1, 2, 2]), (true, [0, 0, 1, 1])] {
        let mut side = five_calls_at_10_a_second(waits_first);
        let found = [1, 98, 2, 98].map(|ms| side.pass_ms(ms).figures().outgoing);
        assert_eq!(found, begun);
        side.command(Command::SetRate(1.0));
        let before = side.figures().outgoing;
        let found = [1, 998, 2].map(|ms| side.pass_ms(ms).figures().outgoing - before);
        let first = u64::from(!waits_first);
        assert_eq!(found, [first, first, first + 1]);
    }
}

#[test]
fn one_word_lets_open_calls_go_on_even_when_all_calls_have_begun() {
    let mut side = five_calls_at_10_a_second(false);
    side.pass_ms(500);
    assert_eq!((side.figures().open, side.phase()), (5, Phase::Stopping));
    side.command(Command::Stop);
    assert_eq!((side.figures().open, side.phase()), (5, Phase::Stopping));
    side.command(Command::Stop);
    assert_eq!((side.figures().open, side.phase()), (0, Phase::Ended));
}

#[test]
fn calls_that_a_signal_cuts_off_stay_open_in_the_figures_and_are_taken_back() {
    let provisional = "<recv response=\"180\" optional=\"true\"/>";
    let mut side = Script::new(&format!("{}{provisional}{OK}", send("INVITE", "")))
        .with(|settings| {
            settings.pacing.calls_per_s = 10.0;
            settings.calls_wanted = Some(1);
        })
        .side();
    side.pass_ms(150).peer("180|CSeq: 1 INVITE").sent_names();
    side.command(Command::Quit);
    let sent = side.sent_names();
    assert_eq!((sent.as_str(), side.phase()), ("CANCEL", Phase::Ended));
    let figures = side.figures();
    let counted = (figures.open, figures.successful, figures.failed);
    assert_eq!(counted, (1, 0, 0));
    assert!(!side.player.may_be_answered());
}

#[test]
fn a_run_whose_time_is_over_ends_in_silence() {
    let mut side = five_calls_at_10_a_second(false);
    side.pass_ms(500).sent_names();
    side.command(Command::TimeIsOver);
    assert_eq!(
        (side.sent_names(), side.phase()),
        (String::new(), Phase::Ended)
    );
    let figures = side.figures();
    assert_eq!((figures.failed, figures.fatal_errors), (0, 1));
    assert!(side.player.fatal().is_some());
}

#[test]
fn a_call_that_a_bye_ended_is_not_known_any_more() {
    let mut side = Script::new("<recv request=\"INVITE\"/><recv request=\"ACK\"/>").side();
    side.peer("INVITE|Call-ID: a@peer")
        .peer("BYE|Call-ID: a@peer");
    assert_eq!(side.tally(), "in 1, failed 1, UnexpectedMessage 1");
    side.peer("INVITE|Call-ID: a@peer");
    assert_eq!(side.figures().incoming, 2);
}

#[test]
fn the_peer_may_answer_what_ended_the_last_call() {
    let options = send("OPTIONS", "");
    for (elements, message, may) in [
        (format!("{options}{OK}"), "200|CSeq: 5 OPTIONS", false),
        (
            format!("{options}{OK}{options}"),
            "200|CSeq: 5 OPTIONS",
            true,
        ),
        (format!("{options}{OK}"), "404|CSeq: 5 OPTIONS", false),
    ] {
        let mut side = Script::new(&elements).side();
        side.begin().peer(message);
        assert_eq!(side.figures().open, 0);
        assert_eq!(side.player.may_be_answered(), may, "{elements} {message}");
    }
}
