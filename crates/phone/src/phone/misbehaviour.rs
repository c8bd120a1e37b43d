//! Doing wrong on purpose.

use gannet_ua::endpoint::FixedReply;

use super::handle::Phone;
use crate::actor::Habits;
use crate::error::PhoneError;
use crate::misbehaviour::Misbehaviour;

impl Phone {
    /// Does something wrong from now on, also after [`Self::power_on`], until [`Self::behave`].
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn misbehave(&self, how: Misbehaviour) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.misbehave(how)).await
    }

    /// Answers every request of a method by a rule from now on, inside and outside of calls, and
    /// does nothing else about it. Rules for the same method are used up one after the other.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn answer_by_rule(&self, rule: FixedReply) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.answer_by_rule(rule)).await
    }

    /// Ends all misbehaviour, PRACK that is not sent included. What is on its way goes on.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn behave(&self) -> Result<(), PhoneError> {
        self.ask(|actor, _| actor.behave()).await
    }

    /// What the phone does wrong now, for the phone that takes its place.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn habits(&self) -> Result<Habits, PhoneError> {
        self.ask(|actor, _| actor.habits()).await
    }

    /// Does wrong what another phone did.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn take_habits(&self, habits: Habits) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.take_habits(habits)).await
    }
}
