//! When a log goes on in a new file.

use std::collections::VecDeque;
use std::time::{SystemTime, UNIX_EPOCH};

/// How large the logs of a run may grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogLimit {
    /// Without end.
    #[default]
    None,
    /// After so many `bytes` a new file begins; `files` old ones are kept (`-ringbuffer_size`,
    /// `-ringbuffer_files`).
    Ring {
        /// Old files beside the one that is written.
        files: usize,
        /// Bytes of a file.
        bytes: u64,
    },
    /// After so many bytes nothing more is written (`-max_log_size`).
    Most {
        /// Bytes of the file.
        bytes: u64,
    },
}

/// How the first file of a run is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// What it held is gone (`-message_overwrite true` and the like, as if nothing is said).
    Fresh,
    /// After what it holds.
    Append,
}

impl Opening {
    /// The value of an option like `-message_overwrite`.
    pub fn overwriting(overwrite: bool) -> Self {
        if overwrite { Self::Fresh } else { Self::Append }
    }
}

/// What is to be done after something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The file goes on.
    Stay,
    /// The file is closed and renamed, and a new one of the first name is opened.
    Next {
        /// The name that the file is kept by.
        kept_as: String,
        /// The file that is one too many now.
        removed: Option<String>,
    },
    /// The file is closed, and nothing more is written.
    Stop,
}

/// The file of a log, and those before it. Opens nothing.
#[derive(Debug, Clone)]
pub struct Rotation {
    name: String,
    limit: LogLimit,
    bytes: u64,
    kept: VecDeque<String>,
    last_second: Option<u64>,
    in_second: u64,
}

impl Rotation {
    /// A log of that file name or path.
    pub fn new(name: &str, limit: LogLimit) -> Self {
        Self {
            name: name.into(),
            limit,
            bytes: 0,
            kept: VecDeque::new(),
            last_second: None,
            in_second: 0,
        }
    }

    /// The name of the file that is written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// So many bytes were written. What crosses the limit is still in the file.
    pub fn wrote(&mut self, bytes: u64, at: SystemTime) -> Turn {
        self.bytes += bytes;
        match self.limit {
            LogLimit::Most { bytes } if self.bytes > bytes => Turn::Stop,
            LogLimit::Ring { files, bytes } if self.bytes > bytes => self.next(files, at),
            _ => Turn::Stay,
        }
    }

    fn next(&mut self, files: usize, at: SystemTime) -> Turn {
        self.bytes = 0;
        let kept_as = self.dated(at);
        self.kept.push_back(kept_as.clone());
        let removed = if self.kept.len() > files {
            self.kept.pop_front()
        } else {
            None
        };
        Turn::Next { kept_as, removed }
    }

    /// The name with the second, and from the second file of one second on with a number.
    fn dated(&mut self, at: SystemTime) -> String {
        let second = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if self.last_second == Some(second) {
            self.in_second += 1;
        } else {
            self.last_second = Some(second);
            self.in_second = 0;
        }
        let dot = match self.name.rfind('.') {
            Some(dot) if !self.name[dot..].contains('/') => dot,
            _ => self.name.len(),
        };
        let (stem, ending) = self.name.split_at(dot);
        match self.in_second {
            0 => format!("{stem}_{second}{ending}"),
            number => format!("{stem}_{second}.{number}{ending}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(second: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(second)
    }

    fn next(kept_as: &str, removed: Option<&str>) -> Turn {
        Turn::Next {
            kept_as: kept_as.into(),
            removed: removed.map(Into::into),
        }
    }

    #[test]
    fn a_ring_keeps_so_many_old_files() {
        let limit = LogLimit::Ring {
            files: 2,
            bytes: 100,
        };
        let mut log = Rotation::new("logs.d/a_7_messages.log", limit);
        assert_eq!(log.wrote(100, at(5)), Turn::Stay);
        let first = "logs.d/a_7_messages_5.log";
        assert_eq!(log.wrote(1, at(5)), next(first, None));
        let second = "logs.d/a_7_messages_5.1.log";
        assert_eq!(log.wrote(101, at(5)), next(second, None));
        let third = "logs.d/a_7_messages_6.log";
        assert_eq!(log.wrote(101, at(6)), next(third, Some(first)));
        assert_eq!(
            log.wrote(101, at(7)),
            next("logs.d/a_7_messages_7.log", Some(second))
        );
        assert_eq!(log.name(), "logs.d/a_7_messages.log");
    }

    #[test]
    fn a_name_without_an_end_has_the_second_at_its_end() {
        let limit = LogLimit::Ring { files: 0, bytes: 0 };
        let mut log = Rotation::new("logs.d/a", limit);
        assert_eq!(log.wrote(1, at(5)), next("logs.d/a_5", Some("logs.d/a_5")));
    }

    #[test]
    fn a_largest_size_ends_the_log() {
        let mut log = Rotation::new("a.log", LogLimit::Most { bytes: 10 });
        assert_eq!(log.wrote(10, at(0)), Turn::Stay);
        assert_eq!(log.wrote(5, at(0)), Turn::Stop);
        let mut log = Rotation::new("a.log", LogLimit::None);
        assert_eq!(log.wrote(u64::MAX / 2, at(0)), Turn::Stay);
    }

    #[test]
    fn a_file_is_overwritten_unless_told_otherwise() {
        assert_eq!(Opening::overwriting(true), Opening::Fresh);
        assert_eq!(Opening::overwriting(false), Opening::Append);
    }
}
