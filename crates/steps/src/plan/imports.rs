//! Users of `@import.<file.csv>`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gannet_diag::Diagnostic;

use super::directives::Directives;
use crate::config::{UserConfig, read_users};

/// Reads the files that the tags name, relative to the folder of the feature, to the one above it,
/// or to the current one: the first that has the file.
pub(super) fn read(
    directives: &Directives,
    folder: &Path,
    report: &mut impl FnMut(Diagnostic),
) -> Arc<BTreeMap<String, UserConfig>> {
    let mut users = BTreeMap::new();
    for (file, span) in &directives.imports {
        match read_users(&place_of(file, folder)) {
            Ok(read) => users.extend(read.into_iter().map(|user| (user.name.clone(), user))),
            Err(error) => {
                let diagnostic = Diagnostic::error("bad-import", error.to_string(), span.clone());
                report(match std::error::Error::source(&error) {
                    Some(cause) => diagnostic.with_label(cause.to_string()),
                    None => diagnostic,
                });
            }
        }
    }
    Arc::new(users)
}

fn place_of(file: &str, folder: &Path) -> PathBuf {
    let beside = folder.join(file);
    let places = [folder.join("..").join(file), PathBuf::from(file)];
    if beside.is_file() {
        return beside;
    }
    places
        .into_iter()
        .find(|place| place.is_file())
        .unwrap_or(beside)
}
