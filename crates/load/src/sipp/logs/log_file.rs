//! A log on disk.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use gannet_report::sipp::{LogLimit, Opening, Rotation, Turn};

use super::super::error::SippError;

/// A log on disk. Lines are collected, and written at the end of each turn.
#[derive(Debug)]
pub(in crate::sipp) struct LogFile {
    rotation: Rotation,
    file: Option<File>,
    /// The file is opened when there is something to write.
    awaited: Option<Opening>,
    waiting: Vec<u8>,
    error: Option<SippError>,
}

impl LogFile {
    /// Opens it.
    pub(in crate::sipp) fn open(
        path: &str,
        opening: Opening,
        limit: LogLimit,
    ) -> Result<Self, SippError> {
        let file = open(path, opening)?;
        let mut log = Self::without_file(path, None, limit);
        log.file = Some(file);
        Ok(log)
    }

    /// A log that has no file as long as nothing is written: that it is there says something.
    ///
    /// # Errors
    /// Its folder is not there.
    pub(in crate::sipp) fn when_needed(
        path: &str,
        opening: Opening,
        limit: LogLimit,
    ) -> Result<Self, SippError> {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        if !folder.as_os_str().is_empty() {
            std::fs::metadata(folder).map_err(|source| SippError::Write {
                path: path.to_owned(),
                source,
            })?;
        }
        Ok(Self::without_file(path, Some(opening), limit))
    }

    fn without_file(path: &str, awaited: Option<Opening>, limit: LogLimit) -> Self {
        Self {
            rotation: Rotation::new(path, limit),
            file: None,
            awaited,
            waiting: Vec::new(),
            error: None,
        }
    }

    /// What is to be written, to add to.
    pub(in crate::sipp) fn waiting(&mut self) -> &mut Vec<u8> {
        &mut self.waiting
    }

    /// Writes what waits.
    pub(in crate::sipp) fn flush(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        if let Some(opening) = self.awaited.take() {
            match open(self.rotation.name(), opening) {
                Ok(file) => self.file = Some(file),
                Err(error) => self.error = Some(error),
            }
        }
        if let Some(file) = &mut self.file {
            let written = file.write_all(&self.waiting);
            let bytes = self.waiting.len() as u64;
            if let Err(source) = written {
                self.fail(source);
            } else {
                self.turn(bytes);
            }
        }
        self.waiting.clear();
    }

    /// Why it is written no more, once.
    pub(in crate::sipp) fn take_error(&mut self) -> Option<SippError> {
        self.error.take()
    }

    fn fail(&mut self, source: std::io::Error) {
        self.file = None;
        self.error = Some(SippError::Write {
            path: self.rotation.name().to_owned(),
            source,
        });
    }

    /// Begins the next file if this one is long enough.
    fn turn(&mut self, bytes: u64) {
        match self.rotation.wrote(bytes, SystemTime::now()) {
            Turn::Stay => {}
            Turn::Stop => self.file = None,
            Turn::Next { kept_as, removed } => {
                self.file = None;
                let name = self.rotation.name().to_owned();
                if let Err(source) = std::fs::rename(&name, kept_as) {
                    return self.fail(source);
                }
                if let Some(removed) = removed {
                    // Somebody else has removed it: then it is gone as well.
                    let _ = std::fs::remove_file(removed);
                }
                match open(&name, Opening::Fresh) {
                    Ok(file) => self.file = Some(file),
                    Err(error) => self.error = Some(error),
                }
            }
        }
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        self.flush();
    }
}

fn open(path: &str, opening: Opening) -> Result<File, SippError> {
    let mut options = OpenOptions::new();
    match opening {
        Opening::Fresh => options.write(true).create(true).truncate(true),
        Opening::Append => options.append(true).create(true),
    };
    options.open(path).map_err(|source| SippError::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_goes_on_or_begins_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.log");
        let path = path.to_str().expect("a path of text");
        for (opening, text, expected) in [
            (Opening::Fresh, "a", "a"),
            (Opening::Append, "b", "ab"),
            (Opening::Fresh, "c", "c"),
        ] {
            let mut log = LogFile::open(path, opening, LogLimit::None).expect("a log");
            log.waiting().extend_from_slice(text.as_bytes());
            drop(log);
            assert_eq!(std::fs::read_to_string(path).expect("the log"), expected);
        }
    }

    #[test]
    fn a_log_that_waits_has_no_file_before_its_first_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.log");
        let path = path.to_str().expect("a path of text");
        let wait = |path| LogFile::when_needed(path, Opening::Fresh, LogLimit::None);
        let mut log = wait(path).expect("a log");
        log.flush();
        assert!(!folder.path().join("a.log").exists());
        log.waiting().extend_from_slice(b"line");
        log.flush();
        assert_eq!(std::fs::read(path).expect("the log"), b"line");
        assert!(wait("/no/such/folder/a.log").is_err());
    }

    #[test]
    fn a_ring_keeps_old_files_and_a_limit_ends_the_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.log");
        let path = path.to_str().expect("a path of text");
        let limit = LogLimit::Ring { files: 2, bytes: 3 };
        let mut log = LogFile::open(path, Opening::Fresh, limit).expect("a log");
        for _ in 0..5 {
            log.waiting().extend_from_slice(b"four");
            log.flush();
        }
        let count = std::fs::read_dir(folder.path())
            .expect("the folder")
            .count();
        assert_eq!(count, 3);
        let mut log =
            LogFile::open(path, Opening::Fresh, LogLimit::Most { bytes: 3 }).expect("a log");
        for _ in 0..3 {
            log.waiting().extend_from_slice(b"four");
            log.flush();
        }
        assert_eq!(std::fs::read(path).expect("the log"), b"four");
    }
}
