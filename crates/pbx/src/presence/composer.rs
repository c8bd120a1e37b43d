//! One presence document out of publications, registration and calls.

use gannet_ua::bodies::{Activity, Basic, ContactAddress, Note, Person, Presence, Tuple};

/// What the notes say that the server writes itself.
const UNREGISTERED: &str = "Unregistered";
const AVAILABLE: &str = "Available";
const ON_THE_PHONE: &str = "On The Phone";
const DO_NOT_DISTURB: &str = "Do Not Disturb";

/// What is known about a user.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// The address-of-record.
    pub(crate) aor: &'a str,
    /// Whether a phone is registered.
    pub(crate) registered: bool,
    /// Whether the user talks to somebody.
    pub(crate) talking: bool,
    /// Whether the user set at the server that nobody may disturb.
    pub(crate) dnd: bool,
    /// What the user's devices published, oldest first.
    pub(crate) published: Vec<&'a Presence>,
}

/// Composes what watchers are told; by which rules is up to the server. Here:
///
/// - what devices published stands, all of it, the latest first; ids are made unique;
/// - a call adds the activity `on-the-phone` and its note; notes of people who publish that they
///   are free, that is without an activity, give way to it, others stay beside it;
/// - without a publication the server says itself: `Unregistered` (closed), `Available` or
///   `Do Not Disturb` (open), or `On The Phone`.
pub(crate) fn compose(facts: &Facts<'_>) -> Presence {
    let mut presence = Presence::new(facts.aor);
    for (index, published) in facts.published.iter().rev().enumerate() {
        add(&mut presence, published, index);
    }
    if facts.published.is_empty() {
        presence.tuples.push(own_tuple(facts));
        if let Some(person) = own_person(facts) {
            presence.persons.push(person);
        }
    } else if facts.talking {
        add_call(&mut presence);
    }
    presence
}

/// Adds a publication. The first keeps its ids.
fn add(presence: &mut Presence, published: &Presence, index: usize) {
    let unique = |id: &str| match index {
        0 => id.to_owned(),
        _ => format!("{id}-{index}"),
    };
    for tuple in &published.tuples {
        let mut tuple = tuple.clone();
        tuple.id = unique(&tuple.id);
        presence.tuples.push(tuple);
    }
    for person in &published.persons {
        let mut person = person.clone();
        person.id = unique(&person.id);
        presence.persons.push(person);
    }
    presence.notes.extend(published.notes.iter().cloned());
    presence.others.extend(published.others.iter().cloned());
}

/// What the server knows by itself, in words.
fn own_note(facts: &Facts<'_>) -> &'static str {
    if facts.talking {
        ON_THE_PHONE
    } else if facts.dnd {
        DO_NOT_DISTURB
    } else if facts.registered {
        AVAILABLE
    } else {
        UNREGISTERED
    }
}

fn own_tuple(facts: &Facts<'_>) -> Tuple {
    // Who talks can be reached, even if the registration is gone meanwhile.
    let open = facts.registered || facts.talking;
    Tuple {
        id: "server".to_owned(),
        basic: Some(if open { Basic::Open } else { Basic::Closed }),
        contact: Some(ContactAddress {
            uri: facts.aor.to_owned(),
            priority: None,
        }),
        notes: vec![Note::new(own_note(facts))],
        ..Tuple::default()
    }
}

fn own_person(facts: &Facts<'_>) -> Option<Person> {
    let activity = if facts.talking {
        Activity::new("on-the-phone")
    } else if facts.dnd {
        Activity::new("busy")
    } else {
        return None;
    };
    Some(Person {
        id: "person".to_owned(),
        activities: vec![activity],
        notes: vec![Note::new(own_note(facts))],
        ..Person::default()
    })
}

/// RFC 4480 3.2: several activities at once are fine.
fn add_call(presence: &mut Presence) {
    let free = |person: &Person| person.activities.iter().all(|a| a.name == "unknown");
    let all_free = presence.persons.iter().all(free);
    for person in &mut presence.persons {
        if free(person) {
            person.activities.clear();
            person.activity_notes.clear();
            person.notes.clear();
        }
    }
    if all_free {
        presence.notes.clear();
        for tuple in &mut presence.tuples {
            tuple.notes.clear();
        }
    }
    if presence.persons.is_empty() {
        presence.persons.push(Person {
            id: "person".to_owned(),
            ..Person::default()
        });
    }
    let person = &mut presence.persons[0];
    person.activities.insert(0, Activity::new("on-the-phone"));
    person.notes.insert(0, Note::new(ON_THE_PHONE));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(published: Vec<&Presence>) -> Facts<'_> {
        Facts {
            aor: "sip:alice@gannet.test",
            registered: true,
            talking: false,
            dnd: false,
            published,
        }
    }

    fn notes(facts: &Facts<'_>) -> Vec<String> {
        let presence = compose(facts);
        presence.all_notes().map(|note| note.text.clone()).collect()
    }

    fn published(activity: Option<&str>, note: &str) -> Presence {
        let mut presence = Presence::new("sip:alice@gannet.test");
        presence.tuples.push(Tuple {
            id: "t".into(),
            basic: Some(Basic::Open),
            notes: vec![Note::new(note)],
            ..Tuple::default()
        });
        presence.persons.push(Person {
            id: "p".into(),
            activities: activity.into_iter().map(Activity::new).collect(),
            notes: vec![Note::new(note)],
            ..Person::default()
        });
        presence
    }

    #[test]
    fn without_publication_registration_and_calls_speak() {
        let mut facts = facts(Vec::new());
        assert_eq!(notes(&facts), ["Available"]);
        assert_eq!(compose(&facts).basic(), Some(Basic::Open));
        facts.registered = false;
        assert_eq!(notes(&facts), ["Unregistered"]);
        assert_eq!(compose(&facts).basic(), Some(Basic::Closed));
        facts.dnd = true;
        facts.registered = true;
        assert_eq!(notes(&facts), ["Do Not Disturb", "Do Not Disturb"]);
        facts.talking = true;
        assert_eq!(notes(&facts), ["On The Phone", "On The Phone"]);
        let presence = compose(&facts);
        let activities: Vec<_> = presence.activities().map(|a| a.name.as_str()).collect();
        assert_eq!(activities, ["on-the-phone"]);
    }

    #[test]
    fn a_call_hides_that_somebody_is_free_and_stands_beside_what_they_do() {
        let free = published(None, "Available");
        let away = published(Some("vacation"), "On Vacation");
        let mut facts_of_free = facts(vec![&free]);
        assert_eq!(notes(&facts_of_free), ["Available", "Available"]);
        facts_of_free.talking = true;
        assert_eq!(notes(&facts_of_free), ["On The Phone"]);
        let mut facts_of_away = facts(vec![&away]);
        facts_of_away.talking = true;
        let all = notes(&facts_of_away);
        assert_eq!(all, ["On The Phone", "On Vacation", "On Vacation"]);
    }

    #[test]
    fn publications_of_several_devices_stand_side_by_side_the_latest_first() {
        let (one, two) = (published(None, "one"), published(Some("away"), "two"));
        let presence = compose(&facts(vec![&one, &two]));
        let ids: Vec<_> = presence
            .tuples
            .iter()
            .map(|tuple| tuple.id.as_str())
            .collect();
        assert_eq!(ids, ["t", "t-1"]);
        assert_eq!(presence.tuples[0].notes[0].text, "two");
    }
}
