//! The world itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass, RunEvent, ScenarioId};
use gannet_net::{Capture, Impairment};
use tokio::sync::mpsc;

use super::actor::Actor;
use super::progress::Progress;
use super::provision::configured_users;
use super::server::{Server, start_embedded};
use super::stir_kit::configured_kit;
use super::surroundings::Surroundings;
use crate::config::{Timeouts, UserConfig};
use crate::library::Notes;
use crate::vocabulary::Arguments;

/// What the steps of one attempt of a scenario act in: its phones, its server, its variables and
/// its clocks. Everything in it belongs to this attempt alone, but for a real server.
#[derive(Debug)]
pub struct World {
    pub(super) surroundings: Arc<Surroundings>,
    pub(super) actors: BTreeMap<String, Arc<Actor>>,
    /// Phones that gave their name to another one.
    pub(super) retired: Vec<Arc<Actor>>,
    pub(super) named_last: Option<String>,
    pub(super) marks_given: usize,
    pub(super) imported: Arc<BTreeMap<String, UserConfig>>,
    pub(super) capture: Capture,
    pub(super) impairment: Impairment,
    pub(super) seed: u64,
    pub(super) voicemail: bool,
    /// Whether phones keep the sound that they hear.
    pub(super) compares_sound: bool,
    pub(super) cast: BTreeSet<String>,
    pub(super) described: BTreeSet<String>,
    /// Users that the embedded server knows by a phone of the scenario.
    pub(super) provisioned: BTreeSet<String>,
    server: Server,
    variables: BTreeMap<String, String>,
    progress: Progress,
    rng: fastrand::Rng,
    /// What the step library remembers from step to step.
    pub(crate) notes: Notes,
    /// What a world from [`World::beside`] began with.
    notes_before: Option<Box<Notes>>,
}

/// What a world begins with.
pub(crate) struct Birth {
    pub(crate) surroundings: Arc<Surroundings>,
    pub(crate) events: mpsc::UnboundedSender<RunEvent>,
    pub(crate) scenario: ScenarioId,
    pub(crate) seed: u64,
    pub(crate) imported: Arc<BTreeMap<String, UserConfig>>,
    /// The names of phones in the scenario's sentences.
    pub(crate) cast: BTreeSet<String>,
    /// Those of them that a sentence describes.
    pub(crate) described: BTreeSet<String>,
    /// Whether its sentences speak of voicemail.
    pub(crate) voicemail: bool,
    /// Whether its sentences compare what is heard with files.
    pub(crate) compares_sound: bool,
    /// Whether its tags ask for music on hold.
    pub(crate) hold_music: bool,
    /// Whether its embedded server is on IPv6.
    pub(crate) ipv6: bool,
    pub(crate) capture: Capture,
}

impl World {
    /// A world without phones. It starts the embedded server of the scenario, unless the run has a
    /// real one.
    pub(crate) fn new(birth: Birth) -> Result<Self, Failure> {
        let (surroundings, seed) = (Arc::clone(&birth.surroundings), birth.seed);
        let kit = configured_kit(&surroundings, seed)?;
        let (kit, stir) = kit.map_or((None, None), |(kit, stir)| (Some(kit), Some(stir)));
        let server = match surroundings.real_server() {
            Some(real) => Server::Real(Box::new(real.clone())),
            None => Server::Embedded(
                start_embedded(
                    &surroundings,
                    &birth.capture,
                    seed,
                    birth.ipv6,
                    (configured_users(&surroundings, &birth), birth.hold_music),
                    stir,
                )
                .map_err(|error| {
                    let failure = Failure::new(FailureClass::Environment, error.to_string());
                    match std::error::Error::source(&error) {
                        Some(cause) => failure.detail(cause.to_string()),
                        None => failure,
                    }
                })?,
            ),
        };
        let network = surroundings.config().network;
        Ok(Self {
            actors: BTreeMap::new(),
            retired: Vec::new(),
            named_last: None,
            marks_given: 0,
            imported: birth.imported,
            capture: birth.capture,
            impairment: Impairment::loss(network.loss, network.loss_seed ^ seed),
            seed,
            voicemail: birth.voicemail,
            compares_sound: birth.compares_sound,
            cast: birth.cast,
            described: birth.described,
            provisioned: BTreeSet::new(),
            server,
            variables: surroundings.config().variables.clone(),
            progress: Progress::new(birth.events, birth.scenario, 0),
            rng: fastrand::Rng::with_seed(seed),
            notes: Notes::with_kit(kit),
            notes_before: None,
            surroundings,
        })
    }

    /// The same world for a sentence that is carried out beside others: it has the same phones, and
    /// notes of its own.
    pub(crate) fn beside(&self) -> Self {
        Self {
            surroundings: Arc::clone(&self.surroundings),
            actors: self.actors.clone(),
            retired: Vec::new(),
            named_last: self.named_last.clone(),
            marks_given: self.marks_given,
            imported: Arc::clone(&self.imported),
            capture: self.capture.clone(),
            impairment: self.impairment.clone(),
            seed: self.seed,
            voicemail: self.voicemail,
            compares_sound: self.compares_sound,
            cast: self.cast.clone(),
            described: self.described.clone(),
            provisioned: self.provisioned.clone(),
            server: self.server.clone(),
            variables: self.variables.clone(),
            progress: self.progress.clone(),
            rng: self.rng.clone(),
            notes: self.notes.clone(),
            notes_before: Some(Box::new(self.notes.clone())),
        }
    }

    /// Takes over what a sentence has done in a world from [`World::beside`].
    pub(crate) fn absorb(&mut self, view: Self) {
        self.actors.extend(view.actors);
        self.retired.extend(view.retired);
        self.provisioned.extend(view.provisioned);
        self.marks_given = self.marks_given.max(view.marks_given);
        self.named_last = view.named_last;
        if let Some(before) = &view.notes_before {
            self.notes.absorb(view.notes, before);
        }
    }

    /// Whether a sentence of the scenario uses the name for a phone, now or later.
    pub fn is_phone(&self, name: &str) -> bool {
        self.cast.contains(name)
    }

    /// The server of the scenario.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Where the current step says what it is doing.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(crate) fn begin_step(&mut self, step: u32) {
        self.progress.begin_step(step);
    }

    /// Waits, saying so. The time that the scenario may take already includes all times that its
    /// sentences name.
    pub async fn pause(&self, time: Duration) {
        let wait = tokio::time::sleep(time);
        self.progress.during("pausing", time, wait).await;
    }

    /// How long steps wait unless they say otherwise.
    pub fn timeouts(&self) -> Timeouts {
        self.surroundings.config().timeouts
    }

    /// How long a wait for a message or a state lasts where no sentence says otherwise.
    pub fn signalling_default(&self) -> Duration {
        self.surroundings.config().signalling()
    }

    /// How long this step waits for a message or a state.
    pub fn signalling(&self, arguments: &Arguments) -> Duration {
        arguments
            .within()
            .unwrap_or_else(|| self.signalling_default())
    }

    /// How long this step waits for sound.
    pub fn media(&self, arguments: &Arguments) -> Duration {
        arguments.within().unwrap_or(self.timeouts().media)
    }

    /// How long this step looks on to see that something does not happen.
    pub fn observing(&self, arguments: &Arguments) -> Duration {
        arguments.within().unwrap_or(self.timeouts().observing)
    }

    /// The share of datagrams that each phone loses on purpose, 0 to 1.
    pub fn loss(&self) -> f64 {
        self.surroundings.config().network.loss
    }

    /// The variables, by name.
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Sets a variable for the steps that follow.
    pub fn set_variable(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.variables.insert(name.into(), value.into());
    }

    /// Randomness that repeats with the seed of the run.
    pub fn rng(&mut self) -> &mut fastrand::Rng {
        &mut self.rng
    }

    /// What differs from the defaults of the embedded server.
    pub(crate) fn pbx_settings(&self) -> &crate::config::PbxSettings {
        &self.surroundings.config().pbx
    }

    /// The folder of media files that stand nowhere else.
    pub(crate) fn media_folder(&self) -> Option<&std::path::Path> {
        self.surroundings.config().media_folder.as_deref()
    }

    /// The packets of the scenario so far.
    pub fn capture(&self) -> &Capture {
        &self.capture
    }
}
