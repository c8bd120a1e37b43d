@rfc.7621 @rfc.5627 @rfc.3842 @with.sipp
Feature: A subscription by GRUU, at SIPp
  `7621-gruu-events.xml` stands where the server should be.

  Scenario: the GRUU is the target of the notifications
    Given the following phones:
      | name  | profile | registration.gruu | mwi.mode  |
      | Alice | generic | public            | subscribe |
    When Alice is granted a GRUU
    And the public GRUU of Alice is stored as gruu
    Then header Contact of SUBSCRIBE sent by Alice is "<${gruu}>"
    And wait until Alice has received NOTIFY
    And the request URI of NOTIFY received by Alice is "${gruu}"
    And Alice has 2 new and 1 old messages
