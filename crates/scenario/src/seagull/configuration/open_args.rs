use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use super::arguments::Arguments;
use super::endpoint::endpoint;
use crate::model::{Endpoint, Mode, OpenArgs};
use crate::seagull::xml::Attribute;

/// Reads the arguments of a channel or of an `open` action:
/// `mode=client|server;source=..;dest=..;standby=..;buffer=BYTES`.
///
/// `None` if there are errors.
pub fn open_args(
    source: &SourceFile,
    attribute: &Attribute,
    diagnostics: &mut Diagnostics,
) -> Option<OpenArgs> {
    let arguments = Arguments::new(source, attribute);
    arguments.check_keys(&KEYS, diagnostics);
    let mode = mode(&arguments, diagnostics);
    let own = address(&arguments, "source", diagnostics);
    let dest = address(&arguments, "dest", diagnostics);
    let standby = address(&arguments, "standby", diagnostics);
    let buffer = match arguments.get("buffer") {
        Some(_) => Some(arguments.number("buffer", diagnostics)?),
        None => None,
    };
    let mode = mode?;
    let (missing, needed_for) = match mode {
        Mode::Client => (arguments.get("dest").is_none(), "dest"),
        Mode::Server => (arguments.get("source").is_none(), "source"),
    };
    if missing {
        diagnostics.push(
            Diagnostic::error(
                "missing-key",
                format!("`{needed_for}` is missing"),
                arguments.whole(),
            )
            .with_help(match mode {
                Mode::Client => "a client needs the address of its peer: dest=ADDRESS:PORT",
                Mode::Server => "a server needs the address it waits at: source=ADDRESS:PORT",
            }),
        );
        return None;
    }
    Some(OpenArgs {
        mode,
        source: own?,
        dest: dest?,
        standby: standby?,
        buffer_bytes: buffer.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
    })
}

const KEYS: [&str; 5] = ["mode", "source", "dest", "standby", "buffer"];

fn mode(arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) -> Option<Mode> {
    let Some(mode) = arguments.get("mode") else {
        diagnostics.push(
            Diagnostic::error("missing-key", "`mode` is missing", arguments.whole())
                .with_help("write mode=client or mode=server"),
        );
        return None;
    };
    match mode.text {
        "client" => Some(Mode::Client),
        "server" => Some(Mode::Server),
        other => {
            diagnostics.push(
                Diagnostic::error("bad-value", "`mode` is client or server", mode.span)
                    .with_suggestions(&nearest(other, ["client", "server"], 1)),
            );
            None
        }
    }
}

/// The address of a key; the outer `None` means an error.
#[expect(clippy::option_option, reason = "told apart: wrong, and not there")]
fn address(
    arguments: &Arguments<'_>,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Option<Endpoint>> {
    let Some(argument) = arguments.get(key) else {
        return Some(None);
    };
    let read = endpoint(argument.text).and_then(|endpoint| {
        let port = match &endpoint {
            Endpoint::Address(address) => address.port(),
            Endpoint::Name(_, port) => *port,
        };
        if port == 0 && key != "source" {
            return Err("nothing can be sent to port 0");
        }
        Ok(endpoint)
    });
    match read {
        Ok(endpoint) => Some(Some(endpoint)),
        Err(problem) => {
            diagnostics.push(
                Diagnostic::error(
                    "bad-address",
                    format!("`{key}` is not an address with a port"),
                    argument.span,
                )
                .with_label(problem)
                .with_help("for example 127.0.0.1:5060, [::1]:5060 or sut.example:5060"),
            );
            None
        }
    }
}
