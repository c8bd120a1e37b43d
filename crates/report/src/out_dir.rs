//! The files of `--out DIR`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use gannet_events::{RunEvent, ScenarioId, ScenarioStarted, WireRecord};

use crate::html::report_of;
use crate::junit::Junit;
use crate::load::replace;
use crate::recorder::Recorder;
use crate::results::Results;
use crate::sink::{EventSink, Tee};
use crate::text::add;

/// Longest that the feature's or the scenario's name may be in a file name. Two of them, the line
/// and the attempt stay below the 255 bytes that file systems take.
const NAME_BYTES_MAX: usize = 80;

/// The directory of a run's results: `junit.xml`, `results.json`, `events.jsonl` and a capture
/// for each attempt of a scenario.
#[derive(Debug, Clone)]
pub struct OutDir {
    path: PathBuf,
}

impl OutDir {
    /// Uses `path`, creating it (and its parents) if needed. Files of an earlier run with the same
    /// names are overwritten, others stay.
    pub fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fs::create_dir_all(&path)?;
        Ok(Self { path })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `DIR/junit.xml`.
    pub fn junit(&self) -> PathBuf {
        self.path.join("junit.xml")
    }

    /// `DIR/results.json`.
    pub fn results(&self) -> PathBuf {
        self.path.join("results.json")
    }

    /// `DIR/events.jsonl`.
    pub fn events(&self) -> PathBuf {
        self.path.join("events.jsonl")
    }

    /// `DIR/report.html`.
    pub fn report(&self) -> PathBuf {
        self.path.join("report.html")
    }

    /// A sink that has `write` write the packets of each attempt to `DIR/<scenario>.pcapng`.
    /// `results.json` names the same files. An attempt without packets gets no file.
    pub fn captures<F>(&self, write: F) -> Captures<F>
    where
        F: FnMut(&Path, &[WireRecord]) -> io::Result<()> + Send,
    {
        Captures {
            directory: self.path.clone(),
            names: FileNames::default(),
            open: BTreeMap::new(),
            write,
            error: None,
        }
    }

    /// Opens the result files and gives the sinks that fill them.
    pub fn sinks(&self) -> io::Result<Tee> {
        let open = |path: PathBuf| File::create(path).map(BufWriter::new);
        Ok(Tee::new()
            .with(Junit::new(open(self.junit())?))
            .with(Results::new(open(self.results())?).with_captures())
            .with(Recorder::new(open(self.events())?))
            // Last: it reads what the others have written.
            .with(ReportPage(self.clone())))
    }
}

/// Makes the page of the results when these are written.
struct ReportPage(OutDir);

impl EventSink for ReportPage {
    fn on_event(&mut self, _: &RunEvent) {}

    fn finish(&mut self) -> io::Result<()> {
        let page = report_of(&fs::read(self.0.results())?)?;
        replace(&self.0.report(), page.as_bytes())
    }
}

/// Hands the packets of each attempt to whoever can write a capture file. Made by
/// [`OutDir::captures`].
pub struct Captures<F> {
    directory: PathBuf,
    names: FileNames,
    /// The files of the attempts that are going on.
    open: BTreeMap<ScenarioId, PathBuf>,
    write: F,
    error: Option<io::Error>,
}

impl<F> EventSink for Captures<F>
where
    F: FnMut(&Path, &[WireRecord]) -> io::Result<()> + Send,
{
    fn on_event(&mut self, event: &RunEvent) {
        match event {
            RunEvent::ScenarioStarted(started) => {
                let path = self.directory.join(self.names.capture(started));
                self.open.insert(started.id, path);
            }
            RunEvent::ScenarioFinished(end) => {
                let path = self.open.remove(&end.id);
                if let Some(path) = path
                    && !end.wire.is_empty()
                    && self.error.is_none()
                {
                    self.error = (self.write)(&path, &end.wire).err();
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}

/// Gives each attempt of a scenario a file name of its own, from the feature's file, the line and
/// the scenario's name. The same sequence of scenarios gives the same names.
#[derive(Debug, Clone, Default)]
pub struct FileNames {
    given: BTreeSet<String>,
}

impl FileNames {
    /// The name of the capture file, for example `phone_call-L3-alice-calls-bob.pcapng`.
    pub fn capture(&mut self, scenario: &ScenarioStarted) -> String {
        format!("{}.pcapng", self.unique(&slug(scenario)))
    }

    fn unique(&mut self, slug: &str) -> String {
        let mut name = slug.to_owned();
        let mut number = 2;
        while !self.given.insert(name.clone()) {
            name = format!("{slug}-{number}");
            number += 1;
        }
        name
    }
}

/// A file name for an attempt without extension, not yet unique.
fn slug(scenario: &ScenarioStarted) -> String {
    let file = scenario.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut slug = match file_name_part(stem).as_str() {
        "" => format!("L{}", scenario.line),
        stem => format!("{stem}-L{}", scenario.line),
    };
    let name = file_name_part(&scenario.name);
    if !name.is_empty() {
        slug.push('-');
        slug.push_str(&name);
    }
    if scenario.attempt > 1 {
        add!(slug, "-attempt{}", scenario.attempt);
    }
    slug
}

/// Letters and digits of any script in lower case, `_` kept, all else one `-`.
fn file_name_part(text: &str) -> String {
    let mut part = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '_' {
            part.push(c);
        } else if !part.ends_with('-') {
            part.push('-');
        }
    }
    let part = part.trim_matches('-');
    let end = part.floor_char_boundary(NAME_BYTES_MAX);
    part[..end].trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(file: &str, line: u32, name: &str, attempt: u32) -> ScenarioStarted {
        ScenarioStarted {
            file: file.into(),
            line,
            name: name.into(),
            attempt,
            ..ScenarioStarted::default()
        }
    }

    #[test]
    fn names_are_safe_and_unique() {
        let mut names = FileNames::default();
        let long = "word ".repeat(40);
        for (scenario, want) in [
            (
                scenario("features/phone_call.feature", 3, "Alice calls Bob", 1),
                "phone_call-L3-alice-calls-bob.pcapng",
            ),
            (
                scenario("other/phone_call.feature", 3, "Alice calls Bob", 1),
                "phone_call-L3-alice-calls-bob-2.pcapng",
            ),
            (
                scenario("features/phone_call.feature", 3, "Alice calls Bob", 2),
                "phone_call-L3-alice-calls-bob-attempt2.pcapng",
            ),
            (
                scenario("../../etc/passwd", 1, "../../x\0\n", 1),
                "passwd-L1-x.pcapng",
            ),
            (
                scenario("ä.feature", 9, "日本 Zoë", 1),
                "ä-L9-日本-zoë.pcapng",
            ),
            (scenario("", 0, "", 1), "L0.pcapng"),
        ] {
            assert_eq!(names.capture(&scenario), want);
        }
        let name = names.capture(&scenario("a.feature", 1, &long, 1));
        assert!(name.len() < 100, "{name}");
    }

    #[test]
    fn the_directory_is_made_and_its_files_written() {
        use crate::sample;

        let dir = tempfile::tempdir().unwrap();
        let out = OutDir::create(dir.path().join("a/b")).unwrap();
        let mut sinks = out.sinks().unwrap().with(
            out.captures(|path, records| fs::write(path, format!("{} packets", records.len()))),
        );
        for event in sample::whole_run() {
            sinks.on_event(&event);
        }
        sinks.finish().unwrap();
        for file in [out.junit(), out.results(), out.events(), out.report()] {
            assert!(
                fs::metadata(&file).unwrap().len() > 100,
                "{}",
                file.display()
            );
        }
        let results = fs::read(out.results()).unwrap();
        let results: serde_json::Value = serde_json::from_slice(&results).unwrap();
        let capture = &results["features"][0]["scenarios"][1]["attempts"][0]["capture"];
        let capture = out.path().join(capture.as_str().unwrap());
        assert_eq!(fs::read_to_string(capture).unwrap(), "16 packets");
    }
}
