@rfc.5626 @rfc.5627 @with.kamailio
Feature: A phone keeps flows to a foreign registrar, and is reached by GRUU
  Alice registers over two flows with RFC 5626 and asks for GRUUs; the server grants both.

  Scenario: flows are granted, kept alive, and formed anew when they are cut
    Given the following phones:
      | name  | profile | registration.flows | keep-alive.kind | keep-alive.interval | registration.backoff |
      | Alice | generic | ['tcp', 'udp']     | rfc5626         | 1                   | rfc5626              |
    When Alice has 2 flows
    Then the server gives Alice the flows
    And flow 1 of Alice is kept alive
    And flow 2 of Alice is kept alive
    When flow 1 of Alice is cut
    Then flow 1 of Alice recovers within 5 seconds
    And Alice has 2 flows

  Scenario: a call comes down a flow
    Given the following phones:
      | name  | profile | registration.flows |
      | Alice | generic | ['tcp']            |
    When Bob registers
    And Alice has 1 flow
    And Bob calls Alice
    And Alice answers the call
    Then Alice and Bob talk for 1 second
    And Bob hangs up
    And Alice receives BYE

  Scenario: GRUUs are granted, stand in Contact, and lead to the phone
    Given Alice uses generic phone with registration.gruu public
    When Bob registers
    Then Alice is granted a GRUU
    And the public GRUU of Alice is stored as gruu
    When Bob calls "${gruu}"
    Then Alice rings
    And header Contact of 180 to INVITE sent by Alice is "<${gruu}>"
    When Alice rejects the call with 486
    Then the call fails with 486
