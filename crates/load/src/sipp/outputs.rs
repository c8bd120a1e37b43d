//! Statistics files.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use gannet_events::sipp::{Layout, Snapshot};
use gannet_report::sipp::{Counts, CsvForm, ErrorCodes, FileKind, Statistics};

use super::arguments::Arguments;
use super::error::SippError;
use super::logs::LogNames;

/// The statistics files of a run: a line at its start, one each `-fd`, two at its end.
#[derive(Debug)]
pub(super) struct Outputs {
    tables: Vec<Table>,
    period: Duration,
    next: Duration,
    earlier: Option<Arc<Snapshot>>,
}

#[derive(Debug)]
struct Table {
    path: String,
    file: File,
    format: Format,
}

#[derive(Debug)]
enum Format {
    Statistics(Statistics),
    Counts(Counts),
    ErrorCodes(ErrorCodes),
}

impl Outputs {
    /// Creates them, with the names of their columns.
    pub(super) fn create(
        arguments: &Arguments,
        names: &LogNames,
        layout: &Arc<Layout>,
    ) -> Result<Self, SippError> {
        let form = || CsvForm {
            delimiter: names.delimiter.clone(),
            stamp: names.stamp,
        };
        let mut outputs = Self {
            tables: Vec::new(),
            period: arguments.statistics_period,
            next: Duration::ZERO,
            earlier: None,
        };
        if arguments.statistics {
            let path = names.path(arguments.statistics_file.as_ref(), FileKind::Statistics);
            let format = Statistics::new(layout.clone(), form());
            let format = if arguments.periodic_classes {
                format.with_periodic_classes()
            } else {
                format
            };
            outputs.add(path, Format::Statistics(format))?;
        }
        if arguments.traces.counts {
            let path = names.path(None, FileKind::Counts);
            outputs.add(path, Format::Counts(Counts::new(layout.clone(), form())))?;
        }
        if arguments.traces.error_codes {
            let path = names.path(None, FileKind::ErrorCodes);
            outputs.add(path, Format::ErrorCodes(ErrorCodes::new(form())))?;
        }
        Ok(outputs)
    }

    fn add(&mut self, path: String, format: Format) -> Result<(), SippError> {
        let file = File::create(&path).map_err(|source| SippError::Write {
            path: path.clone(),
            source,
        })?;
        let mut table = Table { path, file, format };
        let mut header = Vec::new();
        match &table.format {
            Format::Statistics(format) => format.header(&mut header),
            Format::Counts(format) => format.header(&mut header),
            Format::ErrorCodes(_) => {}
        }
        table.write(&header)?;
        self.tables.push(table);
        Ok(())
    }

    /// Whether there are any.
    pub(super) fn are_any(&self) -> bool {
        !self.tables.is_empty()
    }

    /// When the next line is due, as time since the start of the run.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.are_any().then_some(self.next)
    }

    /// Writes a line if one is due.
    pub(super) fn tick(&mut self, now: &Arc<Snapshot>) -> Result<(), SippError> {
        if !self.are_any() || now.elapsed < self.next {
            return Ok(());
        }
        while self.next <= now.elapsed {
            self.next += self.period;
        }
        self.line(now)
    }

    /// Writes the last line; twice if the run came to its end, as SIPp does: what the second one says
    /// of its period is zero.
    pub(super) fn end(
        &mut self,
        last: &Arc<Snapshot>,
        came_to_its_end: bool,
    ) -> Result<(), SippError> {
        if !self.are_any() {
            return Ok(());
        }
        self.line(last)?;
        if came_to_its_end {
            self.line(last)?;
        }
        Ok(())
    }

    /// Nothing more is written.
    pub(super) fn give_up(&mut self) {
        self.tables.clear();
    }

    fn line(&mut self, now: &Arc<Snapshot>) -> Result<(), SippError> {
        let earlier = self.earlier.replace(now.clone());
        let mut line = Vec::new();
        for table in &mut self.tables {
            line.clear();
            match &table.format {
                Format::Statistics(format) => format.line(&mut line, earlier.as_deref(), now),
                Format::Counts(format) => format.line(&mut line, now),
                Format::ErrorCodes(format) => format.line(&mut line, earlier.as_deref(), now),
            }
            table.write(&line)?;
        }
        Ok(())
    }
}

impl Table {
    fn write(&mut self, bytes: &[u8]) -> Result<(), SippError> {
        self.file
            .write_all(bytes)
            .map_err(|source| SippError::Write {
                path: self.path.clone(),
                source,
            })
    }
}
