//! Files checked without the others of a run.

use gannet_diag::{Diagnostics, SourceFile};

use super::configuration::Configuration;
use super::dictionary::Dictionary;
use super::external::ExternalData;
use super::load::{Opened, external_missing, read_dictionaries, read_scenario, surroundings};
use super::options::LoadOptions;
use super::scenario::{External, Surroundings};
use super::{NamedBytes, external_file};
use crate::model::LineEnds;

/// The files of a run that are there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// The configuration.
    pub conf: Option<NamedBytes>,
    /// The dictionaries.
    pub dictionaries: Vec<NamedBytes>,
    /// The scenario.
    pub scenario: Option<NamedBytes>,
    /// What [`external_file`] names, if it could be read.
    pub external: Option<NamedBytes>,
}

impl Parts {
    /// What the files cannot be judged by: what is not there.
    pub fn missing(&self) -> Vec<&'static str> {
        [
            (self.conf.is_none(), "the configuration"),
            (self.dictionaries.is_empty(), "the dictionaries"),
            (self.scenario.is_none(), "the scenario"),
        ]
        .into_iter()
        .filter(|(is_missing, _)| *is_missing)
        .map(|(_, what)| what)
        .collect()
    }
}

/// Tells everything that is wrong with the files, as far as they can be judged by each other: a
/// scenario without a dictionary has no fields and message types to judge, one without a
/// configuration no channels. Every file with what is wrong in it, in the order configuration,
/// dictionaries, scenario, external data; sorted by place.
pub fn check(parts: &Parts, options: &LoadOptions) -> Vec<(SourceFile, Diagnostics)> {
    let options = *options;
    let mut conf = parts.conf.as_ref().map(Opened::new);
    let configuration = conf.as_mut().map(|file| {
        Configuration::read(
            &file.source,
            file.encoding,
            options.dialect,
            &mut file.diagnostics,
        )
    });
    let mut dictionary_files: Vec<Opened> = parts.dictionaries.iter().map(Opened::new).collect();
    let dictionaries = read_dictionaries(&mut dictionary_files, configuration.as_ref(), options);
    if let (Some(file), Some(configuration)) = (&mut conf, &configuration) {
        protocols(file, configuration, &dictionary_files, &dictionaries);
    }
    let mut external_data = parts.external.as_ref().map(Opened::new);
    let external = external_data
        .as_mut()
        .and_then(|file| ExternalData::read(&file.source, file.encoding, &mut file.diagnostics));
    let names_data = parts.conf.as_ref().and_then(external_file).is_some();
    if let (Some(file), true, None) = (&mut conf, names_data, &external_data) {
        external_missing(file, options);
    }
    let surroundings = match (&conf, &configuration) {
        (Some(file), Some(configuration)) => surroundings(
            configuration,
            &dictionaries,
            !file.diagnostics.has_errors(),
            external.as_ref(),
            options,
        ),
        _ => unknown_surroundings(&dictionaries, options),
    };
    let mut scenario = parts.scenario.as_ref().map(Opened::new);
    if let Some(file) = &mut scenario {
        read_scenario(file, options, &surroundings);
        if conf.is_none() {
            drop_guesses(&mut file.diagnostics);
        }
    }
    conf.into_iter()
        .chain(dictionary_files)
        .chain(scenario)
        .chain(external_data)
        .map(Opened::close)
        .collect()
}

/// Channels speak protocols of the dictionaries, if these are there and could be read.
fn protocols(
    file: &mut Opened,
    configuration: &Configuration,
    dictionary_files: &[Opened],
    dictionaries: &[Dictionary],
) {
    let are_known = !dictionary_files.is_empty()
        && !dictionary_files
            .iter()
            .any(|file| file.diagnostics.has_errors());
    if are_known {
        let names: Vec<&str> = dictionaries
            .iter()
            .map(|dictionary| dictionary.protocol.name.as_str())
            .collect();
        configuration.check_protocols(&names, &mut file.diagnostics);
    }
}

/// Without the channels a correlation cannot be followed, and without the parameters a text may hold
/// what is looked for in it.
fn drop_guesses(diagnostics: &mut Diagnostics) {
    const GUESSES: [&str; 3] = ["never-stored", "check-cannot-pass", "no-key"];
    let mut told = std::mem::take(diagnostics).into_vec();
    told.retain(|one| !GUESSES.contains(&one.code));
    *diagnostics = told.into();
}

/// What a scenario is judged by when there is no configuration: whatever it says of channels,
/// parameters and data may be right.
fn unknown_surroundings(dictionaries: &[Dictionary], options: LoadOptions) -> Surroundings<'_> {
    Surroundings {
        dictionaries,
        channels: Vec::new(),
        channels_known: false,
        parameters: Vec::new(),
        external: External::Unreadable,
        checks_run: true,
        retransmits: true,
        exact: options.exact,
        match_cseq: options.match_cseq,
        line_ends: if options.exact_line_ends {
            LineEnds::Exact
        } else {
            LineEnds::Kept
        },
    }
}
