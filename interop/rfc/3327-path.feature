@rfc.3327 @with.sipp
Feature: The path to a phone of SIPp
  `3327-register.xml` has registered Bob at the embedded server, over the edge proxy `3327-edge.xml`.

  Scenario: a call goes by way of the edge
    When Alice calls "bob"
    Then the call fails with 486
