@rfc.7621
Feature: RFC 7621: subscriptions by GRUU
  A subscriber with a GRUU writes it into the Contact of SUBSCRIBE, so that NOTIFY reaches this device and
  no other of the user.

  Scenario: the GRUU is the target of the subscription
    Given the following phones:
      | name  | profile | registration.gruu | mwi.mode  |
      | Alice | generic | public            | subscribe |
    When Alice is granted a GRUU
    And the public GRUU of Alice is stored as gruu
    Then header Contact of SUBSCRIBE sent by Alice is "<${gruu}>"
    And wait until Alice has received NOTIFY
    And the request URI of NOTIFY received by Alice is "${gruu}"
