//! Which phones there are, and what state they are in.

use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_sip::Transport;

use super::support::{deadline, failure, wait};
use crate::{Arguments, PhoneSetup, StepDefinition, StepResult, Table, World, phone_failure, step};

const SECTION: &str = "Phones";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} uses {profile} phone",
            section: SECTION,
            about: "Gives the scenario a phone of this device model. It registers when the first sentence needs it.",
            example: "Alice uses Squirrel350 phone",
            no within,
            run: uses,
        ),
        step!(
            "{phone} uses {profile} phone with {word} {word}",
            section: SECTION,
            about: "The same, with one setting of the profile changed.",
            example: "Alice uses Squirrel350 phone with incoming.dnd_code 480",
            no within,
            run: uses_with,
        ),
        step!(
            "{phone} uses {profile} phone over {transport}",
            section: SECTION,
            about: "The same, over udp or tcp.",
            example: "Alice uses Squirrel350 phone over tcp",
            no within,
            run: uses_over,
        ),
        step!(
            "{phone} uses {profile} phone over {transport} via IPv6",
            section: SECTION,
            about: "The same on IPv6. The embedded server is there too then; a real one must have an IPv6 address.",
            example: "Alice uses Squirrel350 phone over udp via IPv6",
            no within,
            run: uses_over_ipv6,
        ),
        step!(
            "the following phones:",
            section: SECTION,
            about: "Gives the scenario one phone for each row. Columns: name, profile, aor, user, password, server, transport; every other column is a setting of the profile.",
            example: "the following phones:",
            no within,
            run: following_phones,
        ),
        step!(
            "Status is set to DND",
            section: SECTION,
            about: "The phone named last refuses calls with its do-not-disturb code.",
            example: "Status is set to DND",
            no within,
            run: status_dnd,
        ),
        step!(
            "Status is set to available",
            section: SECTION,
            about: "The phone named last takes calls again.",
            example: "Status is set to available",
            no within,
            run: status_available,
        ),
        step!(
            "{phone} loses its connection",
            section: SECTION,
            about: "Nothing leaves the phone any more and nothing reaches it.",
            example: "Alice loses its connection",
            no within,
            run: loses_connection,
        ),
        step!(
            "{phone} regains its connection",
            section: SECTION,
            about: "Ends `loses its connection`.",
            example: "Alice regains its connection",
            no within,
            run: regains_connection,
        ),
        step!(
            "{phone} is powered off",
            section: SECTION,
            about: "The phone vanishes without a word to anybody.",
            example: "Alice is powered off",
            no within,
            run: powered_off,
        ),
        step!(
            "{phone} reboots",
            section: SECTION,
            about: "The phone vanishes without a word, starts again and registers.",
            example: "Alice reboots",
            run: reboots,
        ),
    ]
}

async fn uses(world: &mut World, arguments: Arguments) -> StepResult {
    let setup = setup(&arguments)?;
    start(world, setup).await
}

async fn uses_with(world: &mut World, arguments: Arguments) -> StepResult {
    let mut setup = setup(&arguments)?;
    setup
        .overrides
        .push((arguments.text(2)?.to_owned(), arguments.text(3)?.to_owned()));
    start(world, setup).await
}

async fn uses_over(world: &mut World, arguments: Arguments) -> StepResult {
    let mut setup = setup(&arguments)?;
    setup.transport = Some(transport(arguments.text(2)?)?);
    start(world, setup).await
}

async fn uses_over_ipv6(world: &mut World, arguments: Arguments) -> StepResult {
    let address = world.server().address();
    if address.is_ipv4() {
        let summary = format!("the server is at {address}: a phone on IPv6 cannot reach it");
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    uses_over(world, arguments).await
}

fn setup(arguments: &Arguments) -> Result<PhoneSetup, Failure> {
    Ok(PhoneSetup {
        name: arguments.phone(0)?.to_owned(),
        profile: Some(arguments.profile(1)?.to_owned()),
        ..PhoneSetup::default()
    })
}

fn transport(text: &str) -> Result<Transport, Failure> {
    match Transport::from_token(text) {
        Some(transport @ (Transport::Udp | Transport::Tcp)) => Ok(transport),
        Some(other) => {
            let summary = format!("phones cannot use {other} yet: choose udp or tcp");
            Err(Failure::new(FailureClass::Misuse, summary))
        }
        None => {
            let summary = format!("\"{text}\" is no transport: choose udp or tcp");
            Err(Failure::new(FailureClass::Misuse, summary))
        }
    }
}

/// Columns that are no settings of the profile.
const OWN: [&str; 7] = [
    "name",
    "profile",
    "aor",
    "user",
    "password",
    "server",
    "transport",
];

async fn following_phones(world: &mut World, arguments: Arguments) -> StepResult {
    for setup in setups(arguments.needs_table()?)? {
        start(world, setup).await?;
    }
    Ok(())
}

/// One phone for each row of the table.
pub(super) fn setups(table: &Table) -> Result<Vec<PhoneSetup>, Failure> {
    let mut setups = Vec::new();
    for record in table.records() {
        let name = record.get("name").ok_or_else(|| {
            Failure::new(
                FailureClass::Misuse,
                "every row needs a cell under the column `name`",
            )
        })?;
        let text = |column: &str| record.get(column).map(str::to_owned);
        let (aor_user, domain) = record
            .get("aor")
            .map(address_of_record)
            .transpose()?
            .unzip();
        let mut setup = PhoneSetup {
            name: name.to_owned(),
            profile: text("profile"),
            user: text("user").or(aor_user),
            domain,
            password: text("password"),
            server: text("server"),
            ..PhoneSetup::default()
        };
        setup.transport = record.get("transport").map(transport).transpose()?;
        let overrides = record
            .cells()
            .filter(|(key, cell)| !OWN.contains(key) && !cell.is_empty());
        setup.overrides = overrides
            .map(|(key, cell)| (key.to_owned(), cell.to_owned()))
            .collect();
        setups.push(setup);
    }
    Ok(setups)
}

/// User and domain of `sip:user@domain` or `user@domain`.
fn address_of_record(text: &str) -> Result<(String, String), Failure> {
    let plain = text.strip_prefix("sip:").unwrap_or(text);
    let (user, domain) = plain.split_once('@').ok_or_else(|| {
        let summary = format!("\"{text}\" is no address of record such as sip:alice@example.com");
        Failure::new(FailureClass::Misuse, summary)
    })?;
    Ok((user.to_owned(), domain.to_owned()))
}

/// Starts the phone, and remembers how, for sentences that change a detail.
async fn start(world: &mut World, setup: PhoneSetup) -> StepResult {
    world.notes.manual.remove(&setup.name);
    world.notes.setups.insert(setup.name.clone(), setup.clone());
    world.use_phone(setup).await.map(drop)
}

async fn status_dnd(world: &mut World, _: Arguments) -> StepResult {
    set_dnd(world, true).await
}

async fn status_available(world: &mut World, _: Arguments) -> StepResult {
    set_dnd(world, false).await
}

async fn set_dnd(world: &mut World, dnd: bool) -> StepResult {
    let actor = world.last_phone()?;
    if !dnd && actor.phone.state().incoming.forwards() {
        let ring = gannet_phone::IncomingPolicy::Ring;
        let set = actor.phone.set_incoming(ring).await;
        set.map_err(|error| phone_failure(error, &actor))?;
    }
    actor
        .phone
        .set_dnd(dnd)
        .await
        .map_err(|error| phone_failure(error, &actor))
}

async fn loses_connection(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = super::support::ready_phone(world, arguments.phone(0)?).await?;
    actor
        .phone
        .lose_connection()
        .await
        .map_err(|error| phone_failure(error, &actor))
}

async fn regains_connection(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    actor
        .phone
        .regain_connection()
        .await
        .map_err(|error| phone_failure(error, &actor))
}

async fn powered_off(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = super::support::ready_phone(world, arguments.phone(0)?).await?;
    world.notes.manual.insert(actor.name().to_owned());
    actor
        .phone
        .power_off()
        .await
        .map_err(|error| phone_failure(error, &actor))
}

async fn reboots(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    actor
        .phone
        .power_off()
        .await
        .map_err(|error| phone_failure(error, &actor))?;
    actor
        .phone
        .power_on()
        .await
        .map_err(|error| phone_failure(error, &actor))?;
    if actor.phone.config().server.is_none() {
        return Ok(());
    }
    let registering = actor.phone.register(None, deadline(limit));
    let granted = wait(world, &actor, "200 to REGISTER", limit, registering).await?;
    if granted < Duration::from_secs(1) {
        let summary = format!("{} was granted no lifetime", actor.name());
        return Err(failure(FailureClass::NotRegistered, &actor, summary));
    }
    Ok(())
}
