@rfc.3264
Feature: RFC 3264: hold
  Whoever puts a call on hold offers sendonly: the other side may not speak and hears silence.

  Background:
    When Alice calls Bob
    And Bob answers the call
    And Alice hears Bob
    And Bob hears Alice

  @with.kamailio
  Scenario: one side holds and resumes
    When Alice puts the call on hold
    Then Bob receives INVITE
    And Bob sees the call held
    And body of INVITE matches /a=sendonly/
    And Alice receives 200 to INVITE
    And body of 200 to INVITE matches /a=recvonly/
    And Bob does not hear Alice within 1 second
    And Alice does not hear Bob within 1 second
    When Alice resumes the call
    Then Bob sees the call resumed
    And Alice hears Bob
    And Bob hears Alice

  @with.kamailio
  Scenario: the callee can hold as well
    When Bob puts the call on hold
    Then Alice sees the call held
    And Bob does not hear Alice within 1 second
    When Bob resumes the call
    Then Alice hears Bob
    And Bob hears Alice

  @with.kamailio
  Scenario: both sides hold
    When Alice puts the call on hold
    And Bob puts the call on hold
    Then Alice sees the call held
    And Bob sees the call held
    And Alice receives INVITE
    And body of INVITE matches /a=inactive/
    When Alice resumes the call
    Then Alice sees the call held
    And Bob sees the call resumed
    When Bob resumes the call
    Then Alice sees the call resumed
    And Alice hears Bob
    And Bob hears Alice
