//! The file of unexpected responses (`-trace_error_codes`).

use gannet_events::sipp::Snapshot;

use super::CsvForm;
use super::stamp::hours_ms;

/// The codes of the unexpected responses of each period: a line for each snapshot, no header.
#[derive(Debug, Clone)]
pub struct ErrorCodes {
    form: CsvForm,
}

impl ErrorCodes {
    /// The file of a run.
    pub fn new(form: CsvForm) -> Self {
        Self { form }
    }

    /// The line of a snapshot, with its end. `earlier` is that of the line before. Codes are
    /// divided by commas, whatever the delimiter is.
    pub fn line(&self, out: &mut Vec<u8>, earlier: Option<&Snapshot>, now: &Snapshot) {
        let codes = &now.figures.unexpected_codes;
        let known = earlier.map_or(0, |earlier| earlier.figures.unexpected_codes.len());
        let mut line = self.form.line(out);
        line.date(now.started + now.elapsed);
        line.value(hours_ms(now.elapsed));
        for code in codes.iter().skip(known) {
            line.listed(code);
        }
        line.end();
    }
}
