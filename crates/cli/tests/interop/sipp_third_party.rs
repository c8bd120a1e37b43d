//! SIPp's built-in scenarios of third party call control, four processes of both programs.

use crate::harness::{Ports, Program, SippRun, Site};
use crate::sipp_built_in::{CALLS, printed, undisturbed};

/// Each leg connects both programs, the link between the controllers too.
#[test]
fn third_party() {
    let Some(site) = Site::open("third_party", &["sipp"]) else {
        return;
    };
    let own = |name: &str| format!("-sn {name}");
    let print = |name: &str| printed(&site, name);
    let counted = undisturbed(|| {
        let all = [
            start(&site, Program::Gannet, &own),
            start(&site, Program::Sipp, &own),
            start(&site, Program::Gannet, &print),
            start(&site, Program::Sipp, &print),
        ];
        all.into_iter().flatten().map(SippRun::wait).collect()
    });
    for side in counted {
        side.assert_all_passed(CALLS);
    }
}

/// Controller A and callee B are played by `program`, controller B and callee A by the other one.
/// The text of gannet's scenarios is what `text` gives.
fn start(site: &Site, program: Program, text: &dyn Fn(&str) -> String) -> Vec<SippRun> {
    let [link, a, b, leg_a, leg_b] = [(); 5].map(|()| Ports::free());
    let play = |player: Program, ports: &Ports, name: &str, rest: &str| {
        let scenario = match player {
            Program::Gannet => text(name),
            Program::Sipp => format!("-sn {name}"),
        };
        player.start(site, ports, &format!("{scenario} -m {CALLS} {rest}"))
    };
    let at = |ports: &Ports| format!("127.0.0.1:{}", ports.nth(0));
    let twin = format!("-3pcc {}", at(&link));
    let callee_a = play(program.other(), &a, "3pcc-A", "").listening(a.nth(0));
    let callee_b = play(program, &b, "3pcc-B", "").listening(b.nth(0));
    let second = format!("{twin} {}", at(&b));
    let second = play(program.other(), &leg_b, "3pcc-C-B", &second).listening(link.nth(0));
    let first = format!("{twin} {} -r 50 -l {CALLS}", at(&a));
    let first = play(program, &leg_a, "3pcc-C-A", &first);
    vec![callee_a, callee_b, second, first]
}
