import { Center, Loader } from "@mantine/core";

/** Before it is known who is signed in. */
export const Waiting = () => (
  <Center h="100dvh">
    <Loader aria-label="Loading" />
  </Center>
);
