//! The statistics files of a run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::FixedOffset;
use gannet_events::traffic::{Figures, Layout, Snapshot};
use gannet_report::seagull::{
    DATA_LOG_HEADER, DataLog, Distribution, ProtocolStatistics, Statistics, stamped,
    stamped_protocol,
};
use gannet_scenario::seagull::configuration::{ProtocolStatNames, TrafficParams};
use gannet_traffic::shard::Measure;
use thiserror::Error;

use super::schedule::Schedule;

/// A file that cannot be written.
#[derive(Debug, Error)]
#[error("{what} {path} cannot be written")]
pub struct OutputError {
    what: &'static str,
    path: String,
    source: io::Error,
}

/// All statistics files of a run.
#[derive(Debug)]
pub(super) struct Outputs {
    statistics: Vec<Table>,
    data: Option<Data>,
    /// The figures of the line that the tables begin with.
    nothing: Option<Figures>,
}

/// A file with a line for each period.
#[derive(Debug)]
struct Table {
    format: Format,
    file: OutputFile,
    schedule: Schedule,
    earlier: Option<Arc<Snapshot>>,
}

#[derive(Debug)]
enum Format {
    Run(Statistics),
    Protocol(ProtocolStatistics),
}

#[derive(Debug)]
struct Data {
    form: DataForm,
    file: OutputFile,
    schedule: Schedule,
}

#[derive(Debug)]
enum DataForm {
    Measures(DataLog),
    Counted(Distribution),
}

#[derive(Debug)]
struct OutputFile {
    what: &'static str,
    path: String,
    writer: BufWriter<File>,
}

impl OutputFile {
    fn create(what: &'static str, path: String) -> Result<Self, OutputError> {
        match File::create(&path) {
            Ok(file) => Ok(Self {
                what,
                path,
                writer: BufWriter::new(file),
            }),
            Err(source) => Err(OutputError { what, path, source }),
        }
    }

    fn write(&mut self, text: &str) -> Result<(), OutputError> {
        self.writer
            .write_all(text.as_bytes())
            .and_then(|()| self.writer.flush())
            .map_err(|source| OutputError {
                what: self.what,
                path: self.path.clone(),
                source,
            })
    }
}

impl Outputs {
    /// Creates the files that a configuration asks for, with their first lines.
    pub(super) fn create(
        params: &TrafficParams,
        layout: &Layout,
        started: SystemTime,
        offset: FixedOffset,
    ) -> Result<Self, OutputError> {
        let stamp = (!params.files_no_timestamp).then_some(started);
        let named = |path: &str| match stamp {
            Some(at) => stamped(path, at, offset),
            None => path.to_owned(),
        };
        let mut statistics = Vec::new();
        if let (Some(path), Some(period)) = (&params.stat_file, params.stat_period_s) {
            let format = Statistics::new(layout, offset);
            let mut file = OutputFile::create("statistics file", named(path))?;
            file.write(&format.header())?;
            statistics.push(Table {
                format: Format::Run(format),
                file,
                schedule: Schedule::every(period),
                earlier: None,
            });
        }
        if let (Some(path), Some(period)) =
            (&params.protocol_stat_file, params.protocol_stat_period_s)
        {
            for (at, protocol) in layout.protocols.iter().enumerate() {
                let is_wanted = match &params.protocol_stat_names {
                    ProtocolStatNames::None => false,
                    ProtocolStatNames::All => true,
                    ProtocolStatNames::Names(names) => names.contains(&protocol.name),
                };
                let Some(format) =
                    ProtocolStatistics::new(layout, at, offset).filter(|_| is_wanted)
                else {
                    continue;
                };
                let path = stamped_protocol(path, &protocol.name, stamp, offset);
                let mut file = OutputFile::create("protocol statistics file", path)?;
                file.write(&format.header())?;
                statistics.push(Table {
                    format: Format::Protocol(format),
                    file,
                    schedule: Schedule::every(period),
                    earlier: None,
                });
            }
        }
        Ok(Self {
            statistics,
            data: Data::create(params, &named)?,
            nothing: Some(Figures::new(layout)),
        })
    }

    /// The line of the beginning, in which everything is zero.
    pub(super) fn begin(&mut self, now: &Snapshot) -> Result<(), OutputError> {
        let Some(figures) = self.nothing.take() else {
            return Ok(());
        };
        let nothing = Arc::new(Snapshot {
            elapsed: Duration::ZERO,
            reset: Duration::ZERO,
            at_reset: None,
            figures,
            ..now.clone()
        });
        for table in &mut self.statistics {
            table.line(&nothing)?;
        }
        Ok(())
    }

    /// What is due now.
    pub(super) fn tick(
        &mut self,
        now: &Arc<Snapshot>,
        measures: &[Measure],
    ) -> Result<(), OutputError> {
        for table in &mut self.statistics {
            if table.schedule.is_due(now.elapsed) {
                table.line(now)?;
            }
        }
        match &mut self.data {
            Some(data) => data.tick(now.elapsed, measures),
            None => Ok(()),
        }
    }

    /// The lines of the end.
    pub(super) fn end(
        &mut self,
        last: &Arc<Snapshot>,
        measures: &[Measure],
    ) -> Result<(), OutputError> {
        for table in &mut self.statistics {
            table.line(last)?;
        }
        match &mut self.data {
            Some(data) => data.end(measures),
            None => Ok(()),
        }
    }
}

impl Table {
    fn line(&mut self, now: &Arc<Snapshot>) -> Result<(), OutputError> {
        let line = match &self.format {
            Format::Run(format) => format.line(self.earlier.as_deref(), now),
            Format::Protocol(format) => format.line(self.earlier.as_deref(), now),
        };
        self.earlier = Some(now.clone());
        self.file.write(&line)
    }
}

impl Data {
    fn create(
        params: &TrafficParams,
        named: &dyn Fn(&str) -> String,
    ) -> Result<Option<Self>, OutputError> {
        let (Some(path), Some(period), Some(number)) = (
            &params.data_log_file,
            params.data_log_period_s,
            params.data_log_number,
        ) else {
            return Ok(None);
        };
        let mut file = OutputFile::create("data log file", named(path))?;
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let form = if let Some(bound) = params.data_log_distribution_ms {
            DataForm::Counted(Distribution::new(size(bound)))
        } else {
            file.write(DATA_LOG_HEADER)?;
            DataForm::Measures(DataLog::new(size(number)))
        };
        Ok(Some(Self {
            form,
            file,
            schedule: Schedule::every(period),
        }))
    }

    fn tick(&mut self, elapsed: Duration, measures: &[Measure]) -> Result<(), OutputError> {
        let is_due = self.schedule.is_due(elapsed);
        match &mut self.form {
            DataForm::Measures(log) => {
                for measure in measures {
                    log.record(measure.at_ns, measure.time_ns);
                    if log.is_due() {
                        self.file.write(&log.take())?;
                    }
                }
                if is_due {
                    self.file.write(&log.take())?;
                }
            }
            DataForm::Counted(counted) => {
                for measure in measures {
                    counted.record(measure.time_ns);
                }
                if is_due {
                    self.file.write(&counted.periodic())?;
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, measures: &[Measure]) -> Result<(), OutputError> {
        self.tick(Duration::ZERO, measures)?;
        match &mut self.form {
            DataForm::Measures(log) => self.file.write(&log.take()),
            DataForm::Counted(counted) => {
                let text = counted.periodic() + &counted.cumulative();
                self.file.write(&text)
            }
        }
    }
}

impl Outputs {
    /// No files.
    pub(super) fn none() -> Self {
        Self {
            statistics: Vec::new(),
            data: None,
            nothing: None,
        }
    }
}
