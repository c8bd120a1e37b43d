//! Who is known at the embedded server.

use std::collections::BTreeSet;

use gannet_events::{Failure, FailureClass};
use gannet_pbx::{PbxError, PbxUser};

use super::actor::Account;
use super::server::{Server, name_at_server};
use super::state::{Birth, World};
use super::surroundings::Surroundings;
use crate::config::{Config, UserConfig};

/// All users of the configuration and of imported files, so that they can be called and watched
/// although no phone of the scenario is theirs. Of two with the same name the first counts; what a
/// phone says of its user later wins.
pub(super) fn configured_users(surroundings: &Surroundings, birth: &Birth) -> Vec<PbxUser> {
    let config = surroundings.config();
    let voicemail = config.pbx.voicemail.unwrap_or(birth.voicemail);
    let mut taken = BTreeSet::new();
    let configured = birth.imported.values().chain(config.users.values());
    let users = configured.filter_map(|user| {
        let mut entry = entry_of(user, birth.seed, voicemail);
        add_features(&mut entry, config, &user.name);
        let names = [entry.name.clone(), entry.auth_name().to_owned()];
        let free = names.iter().all(|name| !taken.contains(name)) && is_user_part(&entry.name);
        taken.extend(names);
        free.then_some(entry)
    });
    users.collect()
}

/// What the embedded server can write into an address as it is.
fn is_user_part(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c);
    !name.is_empty() && name.chars().all(fits)
}

fn entry_of(user: &UserConfig, seed: u64, voicemail: bool) -> PbxUser {
    let mut entry = PbxUser::new(&user.user);
    entry.display_name.clone_from(&user.display_name);
    entry.auth_user.clone_from(&user.auth_user);
    let password = user.password.clone();
    entry.password = Some(password.unwrap_or_else(|| invented_password(&user.user, seed)));
    entry.voicemail = voicemail;
    entry.pin.clone_from(&user.pin);
    entry
}

/// What the configuration sets for the user of this name at the embedded server.
fn add_features(entry: &mut PbxUser, config: &Config, name: &str) {
    let Some(settings) = config.pbx.extensions.users.get(name) else {
        return;
    };
    let at_server = |target: &Option<String>| {
        let target = target.as_deref()?;
        Some(name_at_server(config, target))
    };
    entry.dnd = settings.dnd;
    entry.group.clone_from(&settings.group);
    entry.forward = settings.forward.clone();
    entry.forward.always = at_server(&settings.forward.always);
    entry.forward.on_busy = at_server(&settings.forward.on_busy);
    entry.forward.on_no_answer = at_server(&settings.forward.on_no_answer);
}

/// The password of users who have none: the same for the phone and the embedded server.
pub(super) fn invented_password(user: &str, seed: u64) -> String {
    format!("{user}-{:08x}", seed as u32)
}

impl World {
    /// Makes the user of a phone known at the embedded server. The first phone of a user says what
    /// is true of them; one that comes back finds itself known.
    pub(super) async fn provision(
        &mut self,
        name: &str,
        account: &Account,
        user: Option<&UserConfig>,
        server: &Server,
    ) -> Result<(), Failure> {
        let Some(pbx) = server.pbx() else {
            return Ok(());
        };
        if self.provisioned.contains(&account.user) {
            return Ok(());
        }
        let mut entry = PbxUser::new(&account.user);
        entry.display_name = user.and_then(|user| user.display_name.clone());
        entry.auth_user = Some(account.auth_user.clone());
        entry.password.clone_from(&account.password);
        entry.pin = user.and_then(|user| user.pin.clone());
        let configured = self.surroundings.config().pbx.voicemail;
        entry.voicemail = configured.unwrap_or(self.voicemail);
        add_features(&mut entry, self.surroundings.config(), name);
        let mut done = pbx.put_user(entry.clone()).await;
        if let Err(PbxError::Taken { holder, .. }) = &done
            && !self.provisioned.contains(holder)
        {
            // Only a user whom no phone has: the one of the phone is meant.
            let _ = pbx.remove_user(holder).await;
            done = pbx.put_user(entry).await;
        }
        self.provisioned.insert(account.user.clone());
        done.map_err(|error| Failure::new(FailureClass::Misuse, error.to_string()))
    }
}
