//! The files that scenarios send, read once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gannet_media::script::{Datagrams, StoredAudio};

use super::generated::generated_capture;

/// Files by the names that scenarios give them.
#[derive(Debug)]
pub(super) struct Library {
    folders: Vec<PathBuf>,
    makes_captures: bool,
    captures: RefCell<HashMap<Vec<u8>, Found<Datagrams>>>,
    audio: RefCell<HashMap<Vec<u8>, Found<StoredAudio>>>,
}

/// A file, or why there is none, in words.
type Found<T> = Result<Arc<T>, String>;

impl Library {
    /// Searches relative names in these folders, in their order.
    pub(super) fn new(folders: Vec<PathBuf>, makes_captures: bool) -> Self {
        Self {
            folders,
            makes_captures,
            captures: RefCell::default(),
            audio: RefCell::default(),
        }
    }

    /// A capture.
    pub(super) fn capture(&self, name: &[u8]) -> Found<Datagrams> {
        kept(&self.captures, name, || {
            if self.makes_captures
                && self.find(name).is_none()
                && let Some(made) = generated_capture(name)
            {
                return Ok(made);
            }
            let (path, octets) = self.read(name)?;
            Datagrams::from_capture(&octets)
                .map_err(|error| format!("{} cannot be played: {error}", path.display()))
        })
    }

    /// A file whose octets are sent as they are.
    pub(super) fn audio(&self, name: &[u8]) -> Found<StoredAudio> {
        kept(&self.audio, name, || {
            let (path, octets) = self.read(name)?;
            StoredAudio::of(&octets)
                .map_err(|error| format!("{} cannot be sent: {error}", path.display()))
        })
    }

    fn find(&self, name: &[u8]) -> Option<PathBuf> {
        let name = Path::new(OsStr::from_bytes(name));
        let mut places = self.folders.iter().map(|folder| folder.join(name));
        places.find(|path| path.is_file())
    }

    fn read(&self, name: &[u8]) -> Result<(PathBuf, Vec<u8>), String> {
        let Some(path) = self.find(name) else {
            let shown = String::from_utf8_lossy(name);
            return Err(format!(
                "the file {shown} is neither beside the scenario nor in the current folder"
            ));
        };
        match std::fs::read(&path) {
            Ok(octets) => Ok((path, octets)),
            Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
        }
    }
}

fn kept<T>(
    known: &RefCell<HashMap<Vec<u8>, Found<T>>>,
    name: &[u8],
    read: impl FnOnce() -> Result<T, String>,
) -> Found<T> {
    if let Some(found) = known.borrow().get(name) {
        return found.clone();
    }
    let found = read().map(Arc::new);
    known.borrow_mut().insert(name.to_vec(), found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_searched_in_the_order_of_the_folders() {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        for place in [&first, &second] {
            std::fs::create_dir(place).expect("a folder");
            let octets = place.file_name().expect("a name").as_encoded_bytes();
            std::fs::write(place.join("both.raw"), octets).expect("a file");
        }
        std::fs::write(second.join("one.raw"), b"1").expect("a file");
        let library = Library::new(vec![first, second.clone()], false);
        let octets = |name: &str| {
            library
                .audio(name.as_bytes())
                .map(|file| file.octets.to_vec())
        };
        assert_eq!(octets("both.raw"), Ok(b"a".to_vec()));
        assert_eq!(octets("one.raw"), Ok(b"1".to_vec()));
        let absolute = second.join("both.raw");
        assert_eq!(octets(&absolute.to_string_lossy()), Ok(b"b".to_vec()));
        let told = octets("none.raw").expect_err("not there");
        assert!(told.contains("none.raw"), "{told}");
        let told = library.capture(b"one.raw").expect_err("no capture");
        assert!(told.contains("not a pcap"), "{told}");
    }
}
