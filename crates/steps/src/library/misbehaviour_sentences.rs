//! The sentences about what phones do wrong on purpose, and what came of it.

use gannet_events::Direction;

use super::misbehaviour::{self, Lost, Tail};
use super::retransmissions;
use crate::{StepDefinition, step};

const SECTION: &str = "Misbehaviour on purpose";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} ignores {msg}",
            section: SECTION,
            about: "From now on such messages are as if they had never arrived: nothing answers them, they count for no other sentence, and the ladder marks them. (All of this section lasts until `behaves again`, also over a reboot.)",
            example: "Alice ignores 180",
            no within,
            run: misbehaviour::ignores,
        ),
        step!(
            "{phone} ignores {n} {msg}",
            section: SECTION,
            about: "The same for the next so many, retransmissions counted: the phone sees what the other side does about a message that was lost.",
            example: "Bob ignores 2 INVITE",
            no within,
            run: misbehaviour::ignores_some,
        ),
        step!(
            "{phone} drops {x}% of packets",
            section: SECTION,
            about: "From now on so many of the phone's SIP datagrams are lost in each direction, by a seed that follows from that of the run and is told with failures. Messages over TCP are left alone. 0% ends it.",
            example: "Alice drops 20% of packets",
            no within,
            run: misbehaviour::drops,
            with: Lost::Signalling,
        ),
        step!(
            "{phone} drops {x}% of packets with seed {n}",
            section: SECTION,
            about: "The same, and the same ones in each run.",
            example: "Alice drops 20% of packets with seed 7",
            no within,
            run: misbehaviour::drops_with_seed,
            with: Lost::Signalling,
        ),
        step!(
            "{phone} drops {x}% of RTP packets",
            section: SECTION,
            about: "The same for RTP and RTCP of calls from now on.",
            example: "Alice drops 5% of RTP packets",
            no within,
            run: misbehaviour::drops,
            with: Lost::Media,
        ),
        step!(
            "{phone} drops {x}% of RTP packets with seed {n}",
            section: SECTION,
            about: "The same, and the same ones in each run.",
            example: "Alice drops 5% of RTP packets with seed 7",
            no within,
            run: misbehaviour::drops_with_seed,
            with: Lost::Media,
        ),
        step!(
            "{phone} delays {msg} by {time}",
            section: SECTION,
            about: "From now on such messages leave so much later, retransmissions too; others overtake them. The phone's own clocks do not know of it: a request that is delayed is repeated as if it were lost.",
            example: "Bob delays 200 to INVITE by 2 seconds",
            no within,
            run: misbehaviour::delays,
        ),
        step!(
            "{phone} sends {msg} twice",
            section: SECTION,
            about: "From now on each such message leaves twice at once, octet for octet.",
            example: "Alice sends BYE twice",
            no within,
            run: misbehaviour::doubles,
        ),
        step!(
            "{phone} retransmits {msg} {n} time(s)",
            section: SECTION,
            about: "From now on each such message is repeated exactly so often, 32 times at most, whatever comes back: after T1, and then after twice as long each time, T2 at most but for INVITE. 0 times: it is never repeated.",
            example: "Alice retransmits INVITE 3 times",
            no within,
            run: misbehaviour::retransmits,
        ),
        step!(
            "{phone} answers every {method} with {code}",
            section: SECTION,
            about: "From now on each such request, inside and outside of calls, gets this final response, and the phone does nothing else about it: a call whose BYE is answered so is still open at the phone.",
            example: "Bob answers every OPTIONS with 503",
            no within,
            run: misbehaviour::answers_every,
            with: Tail::Plain,
        ),
        step!(
            "{phone} answers every {method} with {code} {n} time(s)",
            section: SECTION,
            about: "The same for the next so many, retransmissions not counted.",
            example: "Bob answers every INVITE with 503 2 times",
            no within,
            run: misbehaviour::answers_every,
            with: Tail::Times,
        ),
        step!(
            "{phone} answers every {method} with {code} with header {hdr} {text}",
            section: SECTION,
            about: "The same with one more header field in the response.",
            example: "Bob answers every INVITE with 503 with header Retry-After \"5\"",
            no within,
            run: misbehaviour::answers_every,
            with: Tail::Header,
        ),
        step!(
            "{phone} answers every {method} with {code} {n} time(s) with header {hdr} {text}",
            section: SECTION,
            about: "Both.",
            example: "Bob answers every INVITE with 503 2 times with header Retry-After \"5\"",
            no within,
            run: misbehaviour::answers_every,
            with: Tail::TimesHeader,
        ),
        step!(
            "{phone} behaves again",
            section: SECTION,
            about: "Ends all of this section, and `does not send PRACK`. What is on its way, or to be repeated, still leaves.",
            example: "Alice behaves again",
            no within,
            run: misbehaviour::behaves,
        ),
        step!(
            "{phone} has ignored {n} {msg}",
            section: SECTION,
            about: "Waits until the phone has ignored so many of this message in all, retransmissions counted.",
            example: "Bob has ignored 2 INVITE",
            condition,
            run: retransmissions::has_ignored,
        ),
        step!(
            "{phone} has received {n} retransmission(s) of {msg}",
            section: SECTION,
            about: "Waits until so many of this message have come in all that are octet for octet what came before; what the phone ignores does not count.",
            example: "Bob has received 2 retransmissions of INVITE",
            condition,
            run: retransmissions::has_repeated,
            with: Direction::Received,
        ),
        step!(
            "{phone} has sent {n} retransmission(s) of {msg}",
            section: SECTION,
            about: "Waits until the phone has sent so many of this message in all that are octet for octet what it sent before.",
            example: "Alice has sent 2 retransmissions of INVITE",
            condition,
            run: retransmissions::has_repeated,
            with: Direction::Sent,
        ),
    ]
}
