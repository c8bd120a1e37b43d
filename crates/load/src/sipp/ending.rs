//! What is said at the end of a run, and its exit code.

use std::io::{self, Write};

use gannet_events::sipp::{Layout, Snapshot};
use gannet_tui::sipp::{MediaFigures, Summary, media_json, media_saturation};

use super::arguments::Arguments;
use super::error::{EXIT_FAILED, EXIT_INTERNAL_COMMAND, EXIT_MEDIA, SippError};
use super::faces::Faces;
use super::session::Ended;

/// Says at the end what is to be said, and gives the exit code.
pub(super) fn finish(
    arguments: &Arguments,
    ended: Ended,
    mut faces: Faces,
    layout: &Layout,
) -> Result<u8, SippError> {
    let Ended {
        snapshot,
        beside,
        pace,
        warnings,
        error,
        stopped_now,
        timed_out,
        was_quit,
        failed_checks,
    } = ended;
    let came_to_its_end = error.is_none() && !stopped_now && !was_quit;
    faces.end(&snapshot, &beside, came_to_its_end);
    let mut err = io::stderr().lock();
    // Nobody reads it: nobody needs it.
    for warning in warnings.kept() {
        let _ = writeln!(err, "warning: {warning}");
    }
    let more = warnings
        .count()
        .saturating_sub(warnings.kept().len() as u64);
    if more > 0 {
        let _ = writeln!(
            err,
            "and {more} more warnings; -trace_err writes all of them to a file"
        );
    }
    for error in faces.take_errors() {
        let _ = writeln!(err, "error: {error}");
    }
    let figures = &snapshot.figures;
    let summary = Summary::of(layout, figures, &snapshot, pace.as_ref());
    if let Some(saturation) = &summary.saturation {
        let _ = writeln!(err, "{saturation}");
    }
    let media = beside.media.unwrap_or_default();
    if let Some(saturation) = media_saturation(&media) {
        let _ = writeln!(err, "{saturation}");
    }
    if let Err(error) = write_media(arguments, &media) {
        let _ = writeln!(err, "error: {error}");
    }
    let over = || SippError::Fatal("the time of -timeout is over".to_owned());
    let error = error.or_else(|| (timed_out && arguments.timeout_is_error).then(over));
    let code = match &error {
        Some(error) => error.exit_code(),
        None => exit_code(arguments, &snapshot, stopped_now, timed_out, failed_checks),
    };
    let why = error.as_ref().map(ToString::to_string);
    let code = match faces.watch() {
        Some(watch) => watch.end(&snapshot, code, why, &mut err),
        None => code,
    };
    error.map_or(Ok(code), Err)
}

/// Writes the figures of media, if somebody wants them.
fn write_media(arguments: &Arguments, media: &MediaFigures) -> Result<(), SippError> {
    let Some(path) = &arguments.media.figures else {
        return Ok(());
    };
    std::fs::write(path, media_json(media)).map_err(|source| SippError::Write {
        path: path.clone(),
        source,
    })
}

fn exit_code(
    arguments: &Arguments,
    snapshot: &Snapshot,
    stopped_now: bool,
    timed_out: bool,
    failed_checks: u64,
) -> u8 {
    let figures = &snapshot.figures;
    let others = [&snapshot.received, &snapshot.out_of_call];
    let failed_elsewhere: u64 = others.into_iter().flatten().map(|other| other.failed).sum();
    let is_short = arguments
        .calls_wanted
        .is_some_and(|wanted| figures.successful + figures.failed < wanted);
    if stopped_now {
        EXIT_INTERNAL_COMMAND
    } else if failed_checks > 0 {
        EXIT_MEDIA
    } else if figures.failed > 0 || arguments.strict.exit && (failed_elsewhere > 0 || is_short) {
        EXIT_FAILED
    } else if timed_out && figures.successful == 0 {
        EXIT_INTERNAL_COMMAND
    } else {
        0
    }
}
