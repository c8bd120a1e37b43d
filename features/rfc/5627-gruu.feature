@rfc.5627
Feature: RFC 5627: addresses of one device
  A GRUU is an address that leads to one device of a user, from anywhere, as long as it is registered. The
  registrar grants it in the 200; the device writes it into Contact.

  Scenario: a GRUU is granted and stands in Contact
    Given Alice uses generic phone with registration.gruu public
    When Bob registers
    Then Alice is granted a GRUU
    And header Supported of REGISTER sent by Alice is "replaces, norefersub, gruu"
    And the public GRUU of Alice is stored as gruu
    When Alice calls Bob
    Then header Contact of INVITE sent by Alice is "<${gruu}>"
    When Bob answers the call
    Then Alice and Bob talk for 1 second
    And Bob hangs up
    And Alice receives BYE

  Scenario: only the device with the GRUU rings
    Given the following phones:
      | name   | profile | user  | password | registration.gruu |
      | Alice  | generic | alice | secret   | public            |
      | Office | generic | alice | secret   | public            |
    When Bob registers
    And Office is granted a GRUU
    And Alice is granted a GRUU
    And Bob calls the public GRUU of Alice
    Then Alice rings
    And Office does not ring
    When Alice answers the call
    Then Bob hangs up

  Scenario: a temporary GRUU leads there without telling whose it is
    Given Alice uses generic phone with registration.gruu temporary
    When Bob registers
    And Alice is granted a GRUU
    And the temporary GRUU of Alice is stored as gruu
    And Bob calls "${gruu}"
    Then Alice rings
    And header To of INVITE received by Alice is "<${gruu}>"
    When Alice answers the call
    Then Bob hangs up

  @with.kamailio
  Scenario: an anonymous call has the temporary GRUU in Contact
    Given Alice uses generic phone with registration.gruu public
    When Bob registers
    And Alice is granted a GRUU
    And the temporary GRUU of Alice is stored as gruu
    And Alice calls Bob anonymously
    Then header Contact of INVITE sent by Alice is "<${gruu}>"
    When Alice hangs up
    Then Bob is idle

  @with.kamailio
  Scenario: a GRUU ends with the registration
    Given Alice uses generic phone with registration.gruu temporary
    When Bob registers
    And Alice is granted a GRUU
    And the public GRUU of Alice is stored as public
    And the temporary GRUU of Alice is stored as temporary
    And Alice unregisters
    And Bob calls "${public}"
    Then the call fails with 480
    When Bob calls "${temporary}"
    Then the call fails with 404

  Scenario: a registrar without GRUU grants none
    Given the embedded server does without gruu
    And Alice uses generic phone with registration.gruu public
    When Alice registers
    Then header Contact of 200 to REGISTER received by Alice has 1 value
    And Alice has 1 registered contact
