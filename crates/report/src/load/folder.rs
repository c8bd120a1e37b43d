//! The folder of a run of load.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{LoadResults, Point, failures_csv, series_header, series_line, steps_csv, times_csv};
use crate::html::load_report;

/// Writes the folder of `--out DIR`.
///
/// `series.csv` is appended to; every other file is written beside its place and then renamed, so
/// that whoever reads, and whatever ends the process, finds a whole file of the last second or of the
/// one before it.
#[derive(Debug)]
pub struct LoadFolder {
    path: PathBuf,
    series: File,
}

impl LoadFolder {
    /// Makes the folder, and empties `series.csv`.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fs::create_dir_all(&path)?;
        let mut series = File::create(path.join("series.csv"))?;
        series.write_all(series_header().as_bytes())?;
        Ok(Self { path, series })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the state of the run; `point` is what happened since the last one.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&mut self, results: &LoadResults, point: Option<&Point>) -> io::Result<()> {
        if let Some(point) = point {
            self.series.write_all(series_line(point).as_bytes())?;
        }
        self.derive(results)
    }

    /// Writes everything but the course of the run, which is only appended to.
    fn derive(&self, results: &LoadResults) -> io::Result<()> {
        let figures = &results.figures;
        for (name, text) in [
            ("steps.csv", steps_csv(figures)),
            ("failures.csv", failures_csv(figures)),
            ("response-times.csv", times_csv(figures)),
            ("junit.xml", super::load_junit(results)),
            ("report.html", load_report(results)),
            // Last: who finds it finds all that belongs to it.
            ("results.json", results.json()),
        ] {
            replace(&self.path.join(name), text.as_bytes())?;
        }
        Ok(())
    }
}

/// Puts a whole file in the place of another one.
///
/// # Errors
/// It cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::sample::sample;
    use crate::load::{RunResults, read_results};

    #[test]
    fn a_folder_is_whole_after_each_second() {
        let folder = tempfile::tempdir().unwrap();
        let mut out = LoadFolder::create(folder.path().join("a/b")).unwrap();
        let mut results = sample();
        for second in 1..=3 {
            results.figures.calls.begun = second;
            let point = Point {
                t_s: second as f64,
                begun: 1,
                ..Point::default()
            };
            out.write(&results, Some(&point)).unwrap();
            let RunResults::Load(read) = read_results(out.path()).unwrap() else {
                panic!("not a run of load");
            };
            assert_eq!(*read, results);
        }
        let series = fs::read_to_string(out.path().join("series.csv")).unwrap();
        assert_eq!(series.lines().count(), 4);
        let names = fs::read_dir(out.path()).unwrap();
        let mut names: Vec<_> = names.map(|it| it.unwrap().file_name()).collect();
        names.sort();
        let expected = [
            "failures.csv",
            "junit.xml",
            "report.html",
            "response-times.csv",
            "results.json",
            "series.csv",
            "steps.csv",
        ];
        assert_eq!(names, expected);
    }
}
