//! `gannet ladder`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use gannet_events::{ExitCode, WireRecord};
use gannet_report::{Ladder, LadderOptions, Palette, call_ids, ladder_page, read_calls};

use crate::problem::{Problem, count, tell};
use crate::terminal::Terminal;

/// Calls that are drawn when none is chosen.
const CALLS_MAX: usize = 20;

/// Draw calls as ladders: from a capture, a message log of SIPp, or the results of a run.
///
/// Each call is drawn with its media streams, its times, and what is wrong: messages that were sent
/// again, and deviations from the RFCs.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LadderArguments {
    /// A capture (pcap, pcapng), a message log (sipp -trace_msg), or a folder that --out has written.
    #[arg(value_name = "FILE|DIR")]
    file: PathBuf,

    /// Only the call whose Call-ID begins so.
    #[arg(long, value_name = "CALL-ID")]
    call: Option<String>,

    /// With each call those that began while it went on and share an end with it: the other legs of a
    /// call through a server.
    #[arg(long)]
    related: bool,

    /// Only tell which calls there are.
    #[arg(long, conflicts_with_all = ["svg", "html"])]
    list: bool,

    /// Write the call as an SVG image; `-` is standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "html")]
    svg: Option<PathBuf>,

    /// Write the calls as a page; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  gannet ladder call.pcapng
  gannet ladder uac_4711_messages.log --list
  gannet ladder results --html failed.html
  gannet ladder call.pcap --call 3c2670 --svg call.svg";

pub(crate) fn execute(
    arguments: &LadderArguments,
    terminal: Terminal,
) -> Result<ExitCode, Problem> {
    let records = read_calls(&arguments.file).map_err(Problem::input)?;
    let wanted = arguments.call.as_deref().unwrap_or_default();
    let mut ids = call_ids(&records);
    let all = ids.len();
    ids.retain(|id| id.starts_with(wanted));
    if ids.is_empty() {
        let file = arguments.file.display();
        return Err(match (all, wanted) {
            (0, _) => Problem::nothing(format!("there is no SIP message in `{file}`")),
            (_, wanted) => Problem::input(anyhow!(
                "no Call-ID in `{file}` begins with `{wanted}`; --list tells which there are"
            )),
        });
    }
    if arguments.list {
        say(&(ids.join("\n") + "\n"));
        return Ok(ExitCode::Passed);
    }
    if let Some(path) = &arguments.svg {
        let [id] = &ids[..] else {
            let number = count(ids.len(), "call");
            return Err(Problem::input(anyhow!(
                "an image shows one call, and there are {number}: choose with --call"
            )));
        };
        let ladder = ladder(&records, id, arguments.related);
        return write(path, &ladder.svg());
    }
    if ids.len() > CALLS_MAX {
        tell(&format!(
            "{CALLS_MAX} of {} are drawn; --list tells which there are, --call chooses",
            count(ids.len(), "call")
        ));
        ids.truncate(CALLS_MAX);
    }
    let ladders: Vec<(String, Ladder)> = ids
        .into_iter()
        .map(|id| {
            let ladder = ladder(&records, &id, arguments.related);
            (id, ladder)
        })
        .collect();
    if let Some(path) = &arguments.html {
        let title = arguments.file.display().to_string();
        return write(path, &ladder_page(&title, &ladders));
    }
    let palette = Palette::new(terminal.out_colour);
    for (index, (id, ladder)) in ladders.iter().enumerate() {
        let space = if index == 0 { "" } else { "\n" };
        say(&format!("{space}Call-ID {id}\n"));
        say(&ladder.render(terminal.width, palette));
    }
    Ok(ExitCode::Passed)
}

fn ladder(records: &[WireRecord], call_id: &str, related_calls: bool) -> Ladder {
    let options = LadderOptions {
        call_id: Some(call_id),
        related_calls,
        problems: true,
        ..LadderOptions::default()
    };
    Ladder::new(records, &options)
}

fn write(path: &Path, text: &str) -> Result<ExitCode, Problem> {
    if path == Path::new("-") {
        say(text);
        return Ok(ExitCode::Passed);
    }
    std::fs::write(path, text)
        .with_context(|| format!("cannot write to `{}`", path.display()))
        .map_err(Problem::environment)?;
    Ok(ExitCode::Passed)
}

fn say(text: &str) {
    // Nobody reads it: nobody needs it.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
